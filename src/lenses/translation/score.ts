import type { Compute } from '../compute';
import { requireCounts } from '../writing/given';
import { writeOn } from '../writing/writeOn';
import { sumOf, textsOf } from './compute';
import { readSource, subjectOf, targetOf } from './source';

/** What the model gives a translation that somebody else wrote: each token after those before it (teacher forcing). */
export const scoreTranslation: Compute<'translation/score'> = async (request, context) => {
  const { model, signal } = context;
  requireCounts({ alternatives: request.alternatives }, 0);
  const source = readSource(model, request.text);
  const { writer } = source;
  const { rules } = writer;
  const target = targetOf(request.translation, source, model);
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
