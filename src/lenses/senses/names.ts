import { HeadlightError } from '../../errors';
import type { SenseName } from './contract';
import type { Probe } from './probes';
import { readSense, type SenseDictionary, type SenseReading, sensesOf } from './senseDictionary';

/** Senses of one occurrence that are named. */
const mostNamed = 3;
const leastProbable = 0.01;
/** A first sense is clear from this probability on where the dictionary knows all senses of the word, and with this much to the second. */
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

/**
 * Whether the first sense is to be named as the likely one. An occurrence with a sense that the dictionary does not know
 * looks like one of those it knows, so the more are omitted, the surer it has to be; where it knows one of several, it
 * has nothing to tell them apart by. The same as `is_clear` of `models/recipes/sense_dictionary.py`, which measures it.
 */
function isClear({ senses, unlisted, omitted }: SenseReading): boolean {
  const [first = 0, second = 0] = senses.map(({ probability }) => probability);
  if (senses.length === 1 && omitted > 0) return false;
  const known = senses.length / (senses.length + omitted);
  return first >= 1 - (1 - clearFrom) * known ** 2 && first - Math.max(second, unlisted) >= clearMargin;
}

export function nameOf(reading: SenseReading): SenseName {
  const { senses, unlisted, omitted } = reading;
  return {
    senses: senses
      .filter(({ probability }) => probability >= leastProbable)
      .slice(0, mostNamed)
      .map(({ sense: { lemma, partOfSpeech, gloss, synonyms }, probability }) => ({ lemma, partOfSpeech, gloss, synonyms, probability })),
    unlisted,
    omitted,
    clear: isClear(reading),
  };
}
