import { HeadlightError } from '../../errors';
import type { Compute } from '../compute';
import { requireText } from '../readText';
import { contentOf, knownIds, requireCounts } from '../writing/given';
import { writeOn } from '../writing/writeOn';
import { sumOf, textsOf } from './compute';
import { readSource, subjectOf } from './source';

/** What the model gives a translation that somebody else wrote: each token after those before it (teacher forcing). */
export const scoreTranslation: Compute<'translation/score'> = async (request, context) => {
  const { model, signal } = context;
  requireCounts({ alternatives: request.alternatives }, 0);
  requireText(request.translation, 'The translation');
  const source = readSource(model, request.text);
  const { room, writer } = source;
  const { rules } = writer;
  const first = rules.forcedFirst === null ? [] : [rules.forcedFirst];
  const target = [...first, ...knownIds(contentOf(request.translation, model.tokenizer), model), ...rules.stop.slice(0, 1)];
  if (target.length > room) {
    throw new HeadlightError('text-too-long', `The translation has ${target.length} tokens, but ${model.info.name} writes at most ${room}. Score it sentence by sentence.`);
  }
  const { output, steps } = await writeOn({
    writer,
    // Nothing but the end of what is given ends it.
    rules: { ...rules, stop: [] },
    state: await writer.read([source.ids], signal),
    given: rules.start,
    continues: false,
    prefix: target,
    choose: () => ({ id: 0, drawnWith: null }),
    maxTokens: target.length,
    window: Infinity,
    alternatives: request.alternatives,
    attention: request.attention ?? true,
    lens: 0,
  }, context);
  const logProbability = sumOf(steps);
  const mean = -logProbability / steps.length;
  return {
    ...subjectOf(model, source),
    output,
    steps,
    firstKeys: textsOf(rules.start, model),
    logProbability,
    perplexity: Math.exp(mean),
    bitsPerToken: mean / Math.LN2,
  };
};
