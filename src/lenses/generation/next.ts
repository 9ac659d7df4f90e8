import type { Compute, ComputeContext } from '../compute';
import { LruCache } from '../lruCache';
import { perModel } from '../perModel';
import { applyRules } from '../writing/applyRules';
import { chooserOf } from '../writing/choose';
import { chosenFrom } from '../writing/chosenFrom';
import { distributionOf } from '../writing/describeStep';
import { knownIds, prefixIds, requireCounts, requireWriter } from '../writing/given';
import { readPrompt, rulesWith, tokensToWrite } from './prompt';

/** Places whose logits are remembered: a reader moves sliders at one of them, and then goes to the next. */
const rememberedPlaces = 8;
const remembered = perModel(() => new LruCache<string, Float32Array>(rememberedPlaces));

/** What comes next by another way of choosing, from one run over all before it, which is remembered. */
export const nextToken: Compute<'generation/next'> = async (request, context) => {
  const { model } = context;
  const writer = requireWriter(model, 'continuation');
  const { after, alternatives, choice, written } = request;
  requireCounts({ alternatives }, 0);
  const maxTokens = tokensToWrite(request);
  const rules = rulesWith(writer.rules, request);
  // Refuses settings that mean nothing.
  chooserOf(choice);
  const given = knownIds(readPrompt(model, request.text, maxTokens).tokens, model);
  const before = [...given, ...prefixIds({ ids: after }, model, true)];
  const own = distributionOf(await logitsAfter(before, context), alternatives, model.tokenizer);
  const ruled = applyRules(own.logits, rules, { before, given: given.length, maxTokens });
  return { model: model.info, ...chosenFrom(own, ruled, choice, alternatives, prefixIds({ ids: written === undefined ? [] : [written] }, model, true), model.tokenizer) };
};

async function logitsAfter(ids: readonly number[], { model, signal }: ComputeContext): Promise<Float32Array> {
  const writer = requireWriter(model, 'continuation');
  const known = remembered(model);
  const key = ids.join();
  const before = known.get(key);
  if (before) return before;
  const { logits } = await writer.write(await writer.read([[]], signal), { tokens: [ids], attention: false }, signal);
  known.set(key, logits.data);
  return logits.data;
}
