import type { Compute } from '../compute';
import { chooserOf } from '../writing/choose';
import { knownIds, prefixIds, requireCounts, requireWriter } from '../writing/given';
import { explainStop } from '../writing/stop';
import { writeOn } from '../writing/writeOn';
import { readPrompt, rulesWith, tokensToWrite } from './prompt';

/** A text that a decoder stack writes on, token by token. */
export const generate: Compute<'generation/generate'> = async (request, context) => {
  const { model, signal } = context;
  const writer = requireWriter(model, 'continuation');
  const { alternatives, choice, lens = 0 } = request;
  requireCounts({ alternatives, 'alternatives by layer': request.lens }, 0);
  const maxTokens = tokensToWrite(request);
  const { stopAfter = maxTokens } = request;
  requireCounts({ tokens: stopAfter }, 1);
  const rules = rulesWith(writer.rules, request);
  const choose = chooserOf(choice);
  const prompt = readPrompt(model, request.text, maxTokens);
  const prefix = prefixIds(request.prefix, model, true).slice(0, maxTokens);
  const { cached, everyState, heads, layers, window } = model.info.writes!;
  const written = await writeOn({
    writer,
    rules,
    state: await writer.read([[]], signal),
    given: knownIds(prompt.tokens, model),
    continues: true,
    prefix,
    choose,
    maxTokens,
    stopAfter,
    window,
    alternatives,
    attention: request.attention ?? true,
    lens: everyState ? lens : 0,
    weighed: choice,
  }, context);
  return {
    model: model.info,
    ...prompt,
    ...written,
    firstKeys: prompt.tokens.map(({ text }) => text),
    stoppedExplanation: explainStop(written.stopped, written.steps.length, window),
    maxTokens,
    logProbability: written.steps.reduce((sum, { logProbability }) => sum + logProbability, 0),
    layers,
    heads,
    cached,
    repetitionPenalty: rules.repetitionPenalty,
    lensMissing: lens > 0 && !everyState ? `${model.info.name} reads its vocabulary off the last hidden state only: its last norm or its head was not recognised in the graph.` : null,
  };
};
