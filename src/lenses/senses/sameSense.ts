import { sigmoid } from '../../math/softmax';
import { dot, mean, subtract, unit } from '../../math/vector';
import type { TransformerModel } from '../model';
import type { Probe, ProbePlan } from './probes';

/** A logistic model of whether two occurrences mean the same. */
export interface SameSense extends ProbePlan {
  /** Weights of each probe's cosines: between the vectors as they are, and centred on the mean over the occurrences. */
  readonly weights: readonly { readonly raw: number; readonly centred: number }[];
  readonly bias: number;
  /** Occurrences are one group while their mean probability of meaning the same is at least this. */
  readonly threshold: number;
  /** Whether it was fitted for this very model. */
  readonly calibrated: boolean;
}

/**
 * `[n, n]` probabilities that two of `n` occurrences mean the same; 1 on the diagonal.
 * @param vectors of each occurrence, one for each probe
 */
export function sameSenseProbabilities(
  vectors: readonly (readonly Float32Array[])[],
  { weights, bias }: SameSense,
): number[][] {
  const logits = vectors.map(() => new Array<number>(vectors.length).fill(bias));
  for (const [probe, weight] of weights.entries()) {
    const raw = vectors.map((ofOccurrence) => unit(ofOccurrence[probe]!));
    const centre = raw.length === 0 ? new Float32Array() : mean(raw);
    const centred = raw.map((vector) => unit(subtract(vector, centre)));
    for (let i = 0; i < raw.length; i++) {
      for (let j = 0; j < i; j++) {
        logits[i]![j]! += weight.raw * dot(raw[i]!, raw[j]!) + weight.centred * dot(centred[i]!, centred[j]!);
      }
    }
  }
  return logits.map((row, i) => row.map((_, j) => (i === j ? 1 : sigmoid(logits[Math.max(i, j)]![Math.min(i, j)]!))));
}

/**
 * For a model that nothing was fitted for: the word in its last layers, and the mask in its place where there is one.
 * The weights were set by hand so that occurrences part when they differ clearly more than they do on average.
 */
export function uncalibrated({ info, tokenizer }: TransformerModel): SameSense {
  const last = info.layers;
  const states = [...new Set([last - 2, last - 1, last].map((state) => Math.max(0, state)))];
  const word: Probe = { template: ['W'], at: 'word', states };
  const mask: Probe = { template: ['M'], at: 'mask', states: [last] };
  const sentence: Probe = { template: ['W'], at: 'sentence', states: [last] };
  const probes = tokenizer.maskToken === null ? [word, sentence] : [word, mask, sentence];
  return {
    limits: { maxTokens: Math.min(64, info.window), templateTokens: 6, wordTokens: 16 },
    probes,
    weights: probes.map(() => ({ raw: 4 / probes.length, centred: 6 / probes.length })),
    bias: -2,
    threshold: 0.5,
    calibrated: false,
  };
}
