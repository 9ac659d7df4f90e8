import { softmax } from '../../math/softmax';
import { concatenate, mean, project, subtract, unit } from '../../math/vector';
import { type Lemmas, lemmasOf, type PartOfSpeech } from './lemmas';
import type { Probe } from './probes';

/** A sense of a word, as WordNet describes it. */
export interface IndexedSense {
  readonly lemma: string;
  readonly partOfSpeech: PartOfSpeech;
  readonly gloss: string;
  /** Other words for it. */
  readonly synonyms: readonly string[];
  /** How often it was met where senses were marked, smoothed: the weight of the prior. */
  readonly count: number;
  /** Occurrences that its place was learnt from, as many as they are worth. */
  readonly evidence: number;
}

/**
 * Where senses of words lie, in a space whose within-sense covariance is the identity; `models/recipes/sense_dictionary.py`
 * makes it. The model behind is probabilistic linear discriminant analysis (Ioffe 2006): the place of a sense is drawn
 * around its word's mean with variance `spread`, occurrences around that place with variance 1.
 */
export interface SenseDictionary {
  /** What is read of an occurrence; unit vectors, one after the other. */
  readonly probes: readonly Probe[];
  /** `[probes · hidden]`, taken away first. */
  readonly mean: Float32Array;
  /** `[probes · hidden, dimensions]`, row-major. */
  readonly projection: Float32Array;
  /** `[dimensions]` variance of senses around their word's mean. */
  readonly spread: Float32Array;
  readonly senses: readonly IndexedSense[];
  /** `[sense, dimensions]` where each lies, in steps of `step`. */
  readonly places: Int8Array;
  readonly step: number;
  /** `[dimensions]` weights of the log-likelihood: dimensions are not as independent as the model has them. */
  readonly weights: Float32Array;
  /** Weight of the logarithm of counts. */
  readonly prior: number;
  /** How many senses of a lemma are left out, as nothing is known of where they lie. */
  readonly omitted: (lemma: string) => number;
  /** Count of what is not listed for a lemma, and of each sense that is left out. */
  readonly counts: { readonly unlisted: number; readonly omitted: number };
  /** Senses by lemma, in the order of `senses`. */
  readonly byLemma: ReadonlyMap<string, readonly number[]>;
  readonly lemmas: Lemmas;
}

/** What an occurrence most likely means. */
export interface SenseReading {
  /** Senses of the word with their probabilities, most probable first. */
  readonly senses: readonly { readonly sense: IndexedSense; readonly probability: number }[];
  /** Probability that it is none of them. */
  readonly unlisted: number;
  /** How many more senses the word has of which nothing is known. */
  readonly omitted: number;
}

/** Senses that a form of a word can have. */
export function sensesOf(word: string, { byLemma, lemmas, senses }: SenseDictionary): number[] {
  return lemmasOf(word, lemmas).flatMap(({ lemma, partOfSpeech }) =>
    byLemma.get(lemma)!.filter((index) => senses[index]!.partOfSpeech === partOfSpeech),
  );
}

/**
 * Probabilities of a word's senses where it stands.
 * @param vectors `[hidden]` for each probe of the dictionary
 * @param candidates as `sensesOf` has them, at least one
 */
export function readSense(vectors: readonly Float32Array[], candidates: readonly number[], dictionary: SenseDictionary): SenseReading {
  const { spread, places, step, senses } = dictionary;
  const dimensions = spread.length;
  const at = placeOf(vectors, dictionary);
  const placeOfSense = (sense: number): Float32Array => Float32Array.from(places.subarray(sense * dimensions, (sense + 1) * dimensions), (value) => value * step);
  const own = candidates.map(placeOfSense);
  const fit = (place: Float32Array, variance: (dimension: number) => number): number => {
    let sum = 0;
    for (let d = 0; d < dimensions; d++) {
      const v = variance(d);
      sum -= (dictionary.weights[d]! * ((at[d]! - place[d]!) ** 2 / v + Math.log(v))) / 2;
    }
    return sum;
  };
  const known = candidates.map((sense, i) => {
    const { count, evidence } = senses[sense]!;
    return fit(own[i]!, (d) => 1 + spread[d]! / (evidence * spread[d]! + 1)) + dictionary.prior * Math.log(count);
  });
  const lemmas = [...new Set(candidates.map((sense) => senses[sense]!.lemma))];
  const omitted = lemmas.reduce((sum, lemma) => sum + dictionary.omitted(lemma), 0);
  const counted = lemmas.length * dictionary.counts.unlisted + omitted * dictionary.counts.omitted;
  const unlisted = fit(mean(own), (d) => 1 + spread[d]!) + dictionary.prior * Math.log(counted);
  const probabilities = softmax(Float32Array.from([...known, unlisted]));
  return {
    senses: candidates
      .map((sense, i) => ({ sense: senses[sense]!, probability: probabilities[i]! }))
      .sort((a, b) => b.probability - a.probability),
    unlisted: probabilities[candidates.length]!,
    omitted,
  };
}

/** `[dimensions]` where an occurrence lies. */
function placeOf(vectors: readonly Float32Array[], { mean: centre, projection }: SenseDictionary): Float32Array {
  return project(subtract(concatenate(vectors.map(unit)), centre), projection);
}
