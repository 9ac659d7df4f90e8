import { HeadlightError } from '../../errors';
import type { SenseName } from './contract';
import type { Probe } from './probes';
import { readSense, type SenseDictionary, type SenseReading, sensesOf } from './senseDictionary';

/** Senses of one occurrence that are named. */
const mostNamed = 3;
const leastProbable = 0.01;
/** A first sense is clear from this probability on, and with this much to the second. */
const clearFrom = 0.5;
const clearMargin = 0.2;

/**
 * Which of `probes` a dictionary reads, in its order.
 * @throws HeadlightError `model-broken` where one is missing
 */
export function probesOf({ probes: wanted }: SenseDictionary, probes: readonly Probe[]): number[] {
  const key = ({ template, at, states }: Probe): string => JSON.stringify([template, at, states]);
  const keys = probes.map(key);
  return wanted.map((probe) => {
    const at = keys.indexOf(key(probe));
    if (at < 0) throw new HeadlightError('model-broken', 'The sense dictionary reads what same-sense.json does not name. Restore both files of the model.');
    return at;
  });
}

/** Senses of a word by what its occurrences say; null for a word that the dictionary does not list. */
export function readingOf(word: string, vectors: readonly Float32Array[], dictionary: SenseDictionary): SenseReading | null {
  const candidates = sensesOf(word, dictionary);
  return candidates.length === 0 ? null : readSense(vectors, candidates, dictionary);
}

/** The mean of readings of one word; null for none. */
export function meanReading(readings: readonly SenseReading[]): SenseReading | null {
  const [first] = readings;
  if (!first) return null;
  const sums = new Map(first.senses.map(({ sense }) => [sense, 0]));
  for (const { senses } of readings) for (const { sense, probability } of senses) sums.set(sense, (sums.get(sense) ?? 0) + probability);
  return {
    senses: [...sums].map(([sense, sum]) => ({ sense, probability: sum / readings.length })).sort((a, b) => b.probability - a.probability),
    unlisted: readings.reduce((sum, { unlisted }) => sum + unlisted, 0) / readings.length,
    omitted: first.omitted,
  };
}

export function nameOf({ senses, unlisted, omitted }: SenseReading): SenseName {
  const [first = 0, second = 0] = senses.map(({ probability }) => probability);
  // Where the dictionary knows one sense of several, it has nothing to tell them apart by.
  const compared = senses.length > 1 || omitted === 0;
  return {
    senses: senses
      .filter(({ probability }) => probability >= leastProbable)
      .slice(0, mostNamed)
      .map(({ sense: { lemma, partOfSpeech, gloss, synonyms }, probability }) => ({ lemma, partOfSpeech, gloss, synonyms, probability })),
    unlisted,
    omitted,
    clear: compared && first >= clearFrom && first - Math.max(second, unlisted) >= clearMargin,
  };
}
