import { correlation } from '../../math/correlation';
import { dot } from '../../math/vector';
import { fewestToCorrelate, type RepeatedWord, type SenseDrift } from './contract';
import type { OccurrenceVectors, WordVectors } from './wordVectors';

/** Occurrences whose pairs are compared across words, evenly spread: 45,000 pairs. */
const sampled = 300;

/** Cosines of vectors in 32 bits that differ by less are the same. */
const rounding = 1e-5;

/** An occurrence with the index of its word. */
interface Read extends OccurrenceVectors {
  readonly word: number;
}

/** Cosines of pairs in the one model and in the other. */
interface Cosines {
  readonly before: number[];
  readonly after: number[];
  /** Whether they are of different words. */
  readonly differ: boolean[];
}

/** What the vectors of repeated words say; null where none was read twice. @throws what `signal` was aborted with */
export async function senseDrift(vectors: WordVectors, states: number, signal: AbortSignal): Promise<SenseDrift | null> {
  const read = vectors.words.words
    .map(({ word, places }) => ({ word, places: places.filter((place) => vectors.of(place)) }))
    .filter(({ places }) => places.length > 1);
  if (read.length === 0) return null;
  const occurrences = read.map(({ places }, word) => places.map((place): Read => ({ ...vectors.of(place)!, word })));
  const all = occurrences.flat();
  const cosineDistance = new Float32Array(all.length * states);
  all.forEach((one, at) => { cosineDistance.set(one.cosineDistance, at * states); });
  const ofWords = (): Float32Array => new Float32Array(read.length * states);
  const ofStates = (): Float32Array => new Float32Array(states);
  const found = {
    words: read satisfies readonly RepeatedWord[], leftOut: vectors.words.leftOut, cosineDistance,
    before: ofWords(), after: ofWords(), structure: ofWords(), betweenBefore: ofStates(), betweenAfter: ofStates(), similarity: ofStates(),
  };
  const some = all.length <= sampled ? all : Array.from({ length: sampled }, (_, at) => all[Math.floor((at * all.length) / sampled)]!);
  for (let state = 0; state < states; state++) {
    // Pairs take seconds in large models: whoever wants to stop is heard between states.
    await new Promise(setImmediate);
    signal.throwIfAborted();
    occurrences.forEach((own, word) => {
      const pairs = cosinesOf(own, state);
      const at = word * states + state;
      found.before[at] = meanOf(pairs.before);
      found.after[at] = meanOf(pairs.after);
      found.structure[at] = own.length < fewestToCorrelate ? Number.NaN : correlated(pairs);
    });
    const pairs = cosinesOf(some, state);
    found.betweenBefore[state] = meanOf(pairs.before.filter((_, at) => pairs.differ[at]));
    found.betweenAfter[state] = meanOf(pairs.after.filter((_, at) => pairs.differ[at]));
    found.similarity[state] = correlated(pairs);
  }
  return found;
}

function cosinesOf(occurrences: readonly Read[], state: number): Cosines {
  const cosines: Cosines = { before: [], after: [], differ: [] };
  occurrences.forEach((one, at) => {
    for (const other of occurrences.slice(at + 1)) {
      cosines.differ.push(one.word !== other.word);
      cosines.before.push(dot(one.before[state]!, other.before[state]!));
      cosines.after.push(dot(one.after[state]!, other.after[state]!));
    }
  });
  return cosines;
}

/** NaN where a correlation says nothing, as of cosines that differ by rounding alone. */
function correlated({ before, after }: Cosines): number {
  if ([before, after].some((cosines) => cosines.every((value) => Math.abs(value - cosines[0]!) < rounding))) return Number.NaN;
  return correlation(before, after) ?? Number.NaN;
}

/** NaN of nothing, as of words of one kind alone. */
function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
