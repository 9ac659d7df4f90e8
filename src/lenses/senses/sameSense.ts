import { averageLinkage } from '../../math/cluster';
import { concatenate, dot, mean, project, subtract, unit } from '../../math/vector';
import type { TransformerModel } from '../model';
import type { Probe, ProbePlan } from './probes';

/** Share of a vector's length below which a difference is rounding. */
const rounding = 1e-5;

/** How vectors are compared, and what each part of the comparison weighs in the logit. */
export interface Comparison {
  /** Indexes of the probes whose unit vectors are laid end to end. */
  readonly probes: readonly number[];
  /**
   * `[probes · hidden, dimensions]`, row-major: a subspace in which senses of one word lie apart;
   * null for whole vectors.
   */
  readonly projection: Float32Array | null;
  /** Of the cosine of the two vectors. */
  readonly raw: number;
  /** Of their cosine after the mean over all occurrences is taken away, scaled so that unrelated vectors have 0. */
  readonly centred: number;
  /** Of the mean cosine over all pairs of occurrences. */
  readonly spread: number;
}

/** Weights in the logit of whether two sides of a tree of occurrences are different senses. */
export interface Split {
  /** Of the mean logit of "same sense" between the sides, negated. */
  readonly distance: number;
  /** Of the logarithms of how many occurrences the smaller and the larger side have. */
  readonly smaller: number;
  readonly larger: number;
  readonly bias: number;
}

/** A logistic model of whether two occurrences mean the same; `models/recipes/same_sense.py` fits it. */
export interface SameSense extends ProbePlan {
  /** `[hidden]` for each probe, taken from its vectors first: what all words share. Null where it is not known. */
  readonly means: readonly (Float32Array | null)[];
  readonly comparisons: readonly Comparison[];
  /** Weight of the logarithm of the number of occurrences, of which no more than `counted` count. */
  readonly logCount: number;
  readonly counted: number;
  readonly bias: number;
  readonly split: Split;
  /** Whether it was fitted for this very model. */
  readonly calibrated: boolean;
}

/**
 * `[n, n]` logits of the probability that two of `n` occurrences mean the same; infinite on the diagonal.
 * @param vectors of each occurrence, one for each probe
 */
export function sameSenseLogits(vectors: readonly (readonly Float32Array[])[], model: SameSense): number[][] {
  const count = vectors.length;
  const start = model.bias + model.logCount * Math.log(Math.max(1, Math.min(count, model.counted)));
  const logits = vectors.map(() => new Array<number>(count).fill(start));
  const shared = model.means.map((own, probe) => vectors.map((of) => unit(own ? subtract(of[probe]!, own) : of[probe]!)));
  // A subspace that only an index of words is in (wordSpace.ts) weighs nothing here.
  const weighed = model.comparisons.filter(({ raw, centred, spread }) => raw !== 0 || centred !== 0 || spread !== 0);
  for (const { probes, projection, raw, centred, spread } of weighed) {
    const whole = vectors.map((_, i) => concatenate(probes.map((probe) => shared[probe]![i]!)));
    const views = projection ? whole.map((vector) => project(vector, projection)) : whole;
    const units = views.map(unit);
    const centre = count === 0 ? new Float32Array() : mean(views);
    const rest = views.map((view) => directionFrom(centre, view));
    let sum = 0;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++) {
        const cosine = dot(units[i]!, units[j]!);
        sum += cosine;
        // The mean is of these vectors too: without the scale, unrelated ones have -1 / (count - 1).
        logits[i]![j]! += raw * cosine + (centred * ((count - 1) * dot(rest[i]!, rest[j]!) + 1)) / count;
      }
    }
    const meanCosine = sum / Math.max(1, (count * (count - 1)) / 2);
    for (const row of logits) for (let j = 0; j < count; j++) row[j]! += spread * meanCosine;
  }
  return logits.map((row, i) => row.map((_, j) => (i === j ? Infinity : logits[Math.max(i, j)]![Math.min(i, j)]!)));
}

/** Group of each occurrence, from the logits of all pairs; groups count from 0, the largest first. */
export function groupsOf(logits: readonly (readonly number[])[], { split }: SameSense): number[] {
  return averageLinkage(
    logits.map((row) => row.map((logit) => -logit)),
    ({ distance, smaller, larger }) =>
      split.bias + split.distance * distance + split.smaller * Math.log(smaller) + split.larger * Math.log(larger) > 0,
  );
}

/** Unit vector from `centre` to `vector`; zero where they differ by no more than rounding does. */
function directionFrom(centre: Float32Array, vector: Float32Array): Float32Array {
  const difference = subtract(vector, centre);
  const known = dot(difference, difference) > rounding ** 2 * dot(vector, vector);
  return known ? unit(difference) : new Float32Array(vector.length);
}

/**
 * For a model that nothing was fitted for: the word in its last layers, the mask in its place where there is one, and
 * the sentence. The weights were set by hand so that occurrences part when they differ clearly more than on average.
 */
export function uncalibrated({ info, tokenizer }: TransformerModel): SameSense {
  const last = info.layers;
  const states = [...new Set([last - 2, last - 1, last].map((state) => Math.max(0, state)))];
  const word: Probe = { template: ['W'], at: 'word', states };
  const mask: Probe = { template: ['M'], at: 'mask', states: [last] };
  const sentence: Probe = { template: ['W'], at: 'sentence', states: [last] };
  const context = tokenizer.maskToken === null ? [sentence] : [mask, sentence];
  // Without layers the word's vector is all that such a model says about it.
  const probes = info.layers === 0 ? [word] : [word, ...context];
  const share = 1 / probes.length;
  return {
    limits: { maxTokens: Math.min(64, info.window), templateTokens: 6, wordTokens: 16 },
    probes,
    means: probes.map(() => null),
    comparisons: probes.map((_, probe) => ({ probes: [probe], projection: null, raw: 4 * share, centred: 6 * share, spread: 0 })),
    logCount: 0,
    counted: 1,
    bias: -2,
    split: { distance: 1, smaller: 0, larger: 0, bias: 0 },
    calibrated: false,
  };
}
