import { HeadlightError } from '../../errors';
import { rankCorrelation } from '../../math/rankCorrelation';
import type { Token } from '../../text/token';
import { type OccludedPart, occlude, occludedWords } from '../attribution/occlusion';
import type { Compute, ComputeContext } from '../compute';
import { classLogits, describeClasses, readToClassify } from './compute';
import type { ReadingAttention, WordEvidence } from './contract';
import { greatest, logOdds, probabilitiesOf } from './outcome';
import { readingToken } from './readingToken';

/** What each word of a text does for a class, by leaving it out, beside what the classifier's token attends to. */
export const evidence: Compute<'classification/evidence'> = async (request, context) => {
  const { model, progress } = context;
  const { text, pair, method } = request;
  const read = readToClassify(request, context);
  const { labels, problemType } = read.model;
  if (request.of !== undefined && (!Number.isInteger(request.of) || request.of < 0 || request.of >= labels.length)) {
    throw new HeadlightError('out-of-range', `${read.model.name} has no class ${request.of}. Choose one from 0 to ${labels.length - 1}.`);
  }
  const parts = occludedWords(read.tokens, text, pair);
  const measure = (rows: Parameters<typeof classLogits>[0]): Promise<Float32Array[]> => classLogits(rows, context);
  const { whole, without } = await occlude<Float32Array>(model, { tokens: read.tokens, parts, method, measure, progress });
  const of = request.of ?? greatest(whole);
  const probability = (logits: Float32Array): number | null => probabilitiesOf(logits, problemType)?.[of] ?? null;
  const odds = (logits: Float32Array): number => logOdds(logits, of, problemType);
  const [wholeProbability, wholeOdds] = [probability(whole), odds(whole)];
  const words = parts.map(({ start, end, segment }, index): WordEvidence => {
    const rest = without[index]!;
    return {
      start, end, segment,
      probability: wholeProbability === null ? null : wholeProbability - probability(rest)!,
      logit: wholeOdds - odds(rest),
    };
  });
  return { ...(await describeClasses(whole, read, context)), of, method, words, attention: await readingAttention(read.tokens, parts, words, context) };
};

/** Compared with the size of the evidence: attention has no sign. */
async function readingAttention(tokens: readonly Token[], parts: readonly OccludedPart[], words: readonly WordEvidence[], { model, signal }: ComputeContext): Promise<ReadingAttention | null> {
  const layer = model.info.layers - 1;
  const token = readingToken(tokens, model.attention[layer]?.kind);
  if (token === null) return null;
  const { attention } = await model.run([{ tokens }], { attention: [layer] }, signal);
  const { data, dims } = attention.get(layer)!;
  const [, heads, queries, keys] = dims as readonly [number, number, number, number];
  const byHead = Array.from({ length: heads }, (_, head) => {
    const row = data.subarray((head * queries + token) * keys, (head * queries + token + 1) * keys);
    return Float32Array.from(parts, (part) => part.tokens.reduce((sum, index) => sum + row[index]!, 0));
  });
  const mean = Float32Array.from(parts, (_, word) => byHead.reduce((sum, weights) => sum + weights[word]!, 0) / heads);
  const sizes = words.map(({ logit }) => Math.abs(logit));
  let best: ReadingAttention['best'] = null;
  for (const [head, weights] of byHead.entries()) {
    const correlation = rankCorrelation(weights, sizes);
    if (correlation !== null && correlation > (best?.correlation ?? -Infinity)) best = { head, weights, correlation };
  }
  return { layer, token, mean, meanCorrelation: rankCorrelation(mean, sizes), best };
}
