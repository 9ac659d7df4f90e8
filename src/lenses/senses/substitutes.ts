import { logSumExp } from '../../math/softmax';
import { topK } from '../../math/topK';
import type { TransformerModel } from '../model';
import type { Prediction } from '../predictions/contract';

/** The head of a distribution over the vocabulary, most probable first. */
export type LikelyEntries = readonly Prediction[];

/** Entries kept per occurrence: what is rarer tells nothing about a group. */
const entriesKept = 200;

/** Probability that stands for everything beyond the entries kept. */
const floor = 1e-4;

/**
 * The most probable words in the place of `word`: the word itself, pieces that only continue one, and punctuation
 * cannot take its place. Probabilities are those of the whole vocabulary, whose softmax is written out for the words kept only.
 * @param logits `[vocabulary]`
 */
export function likelyWords(logits: Float32Array, word: string, { tokenizer }: TransformerModel): LikelyEntries {
  const own = word.toLowerCase();
  const normalizer = logSumExp(logits);
  return topK(logits, entriesKept)
    .map((id) => ({ token: tokenizer.display(id), id, probability: Math.exp(logits[id]! - normalizer) }))
    .filter(({ token }) => /^[\p{L}\p{N}]/u.test(token) && token.toLowerCase() !== own);
}

/**
 * For each group the words that tell it from the others: those that contribute most to the Kullback–Leibler divergence
 * of the group's mean distribution from the mean of the other groups. A single group is described by its own mean.
 * @param entries of each occurrence
 * @param groupOf group of each occurrence
 */
export function typicalWords(
  entries: readonly LikelyEntries[],
  groupOf: readonly number[],
  groups: number,
  top: number,
): string[][] {
  const means = Array.from({ length: groups }, (_, group) => meanOf(entries.filter((_, i) => groupOf[i] === group)));
  return means.map((mean, group) => {
    const others = means.filter((_, other) => other !== group);
    const scored = [...mean].map(([word, probability]) => {
      const elsewhere = others.reduce((sum, other) => sum + (other.get(word) ?? 0), 0) / Math.max(1, others.length);
      return { word, score: others.length === 0 ? probability : contribution(probability, elsewhere) };
    });
    return scored
      .sort((a, b) => b.score - a.score)
      .slice(0, top)
      .map(({ word }) => word);
  });
}

function contribution(here: number, elsewhere: number): number {
  return here * Math.log((here + floor) / (elsewhere + floor));
}

function meanOf(entries: readonly LikelyEntries[]): Map<string, number> {
  const mean = new Map<string, number>();
  for (const list of entries) {
    for (const { token, probability } of list) mean.set(token, (mean.get(token) ?? 0) + probability / entries.length);
  }
  return mean;
}
