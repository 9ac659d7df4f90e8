import { HeadlightError } from '../../errors';
import { largestFirst } from '../../math/cluster';
import { sigmoid } from '../../math/softmax';
import type { Compute } from '../compute';
import type { OccurrenceInContext, SenseOccurrence, Senses, SensesRequest } from './contract';
import { groupCosines } from './cosines';
import { mapOf } from './map';
import { meanReading, nameOf, probesOf, readingOf } from './names';
import { type ProbedOccurrence, probeOccurrences } from './probes';
import { groupsOf, type SameSense, sameSenseLogits } from './sameSense';
import { sameSenseOf } from './sameSenseFile';
import type { SenseDictionary, SenseReading } from './senseDictionary';
import { senseDictionaryOf } from './senseDictionaryFile';
import { typicalWords } from './substitutes';

/** Most occurrences compared with each other: beyond it, grouping all pairs takes many seconds. */
const mostOccurrences = 500;

/** Occurrences of a word grouped by what it means there; see models/encoder/README.md. */
export const groupSenses: Compute<'senses/group'> = async (request, context) => {
  const { model } = context;
  requireOccurrences(request);
  const [sameSense, dictionary] = await Promise.all([sameSenseOf(model), senseDictionaryOf(model)]);
  const { current, within } = request;
  const order = current !== undefined && within !== undefined ? { first: current, within } : undefined;
  const probed = await probeOccurrences(request.occurrences, sameSense, context, order);
  const readable = [...probed.keys()].filter((index) => probed[index]);
  const known = readable.map((index) => probed[index]!);

  // The same sentence twice says nothing new about the word, and would pull the mean over occurrences its way.
  const distinct = [...new Set(known)];
  const place = known.map((occurrence) => distinct.indexOf(occurrence));
  const logits = sameSenseLogits(distinct.map(({ vectors }) => vectors), sameSense);
  const distinctGroups = groupsOf(logits, sameSense);
  const probabilities = place.map((row) => place.map((column) => sigmoid(logits[row]![column]!)));
  const groupOf = largestFirst(place.map((index) => distinctGroups[index]!));
  const sizes = groupSizes(groupOf);
  const words = typicalWords(known.map(({ likely }) => likely ?? []), groupOf, sizes.length, request.top);
  const readings = probed.map((one, i) => (one && dictionary ? readingAt(request.occurrences[i]!, one, dictionary, sameSense) : null));
  const map = mapOf(known);
  const occurrences: (SenseOccurrence | null)[] = probed.map(() => null);
  readable.forEach((index, i) => {
    occurrences[index] = { sense: groupOf[i]!, ...map.contextual[i]!, static: map.static[i]! };
  });
  return {
    model: model.info,
    word: request.word,
    occurrences,
    senses: sizes.map((size, group) => {
      const reading = meanReading(readings.filter((one, i) => one !== null && occurrences[i]!.sense === group) as SenseReading[]);
      return { size, substitutes: words[group]!, name: reading && nameOf(reading) };
    }),
    left: probed.filter((occurrence) => occurrence === undefined).length,
    names: readings.map((reading) => reading && nameOf(reading)),
    sameSense: wholeMatrix(probabilities, readable, probed.length),
    cosine: {
      contextual: groupCosines(known.map(({ contextual }) => contextual), groupOf),
      static: groupCosines(known.map(({ embedded }) => embedded), groupOf),
    },
    substitutes: substitutesAt(probed, request),
    calibrated: sameSense.calibrated,
  };
};

function readingAt({ sentence, start, end }: OccurrenceInContext, { vectors }: ProbedOccurrence, dictionary: SenseDictionary, sameSense: SameSense): SenseReading | null {
  const own = probesOf(dictionary, sameSense.probes).map((probe) => vectors[probe]!);
  return readingOf(sentence.slice(start, end), own, dictionary);
}

function requireOccurrences({ occurrences, current, word }: SensesRequest): void {
  if (occurrences.length > mostOccurrences) {
    throw new HeadlightError(
      'text-too-long',
      `"${word}" has ${occurrences.length} occurrences here, and at most ${mostOccurrences} can be compared. Choose a part of the text.`,
    );
  }
  if (current !== undefined && !(current in occurrences)) {
    throw new HeadlightError('out-of-range', `There is no occurrence ${current} of "${word}"; there are ${occurrences.length}.`);
  }
}

function groupSizes(groupOf: readonly number[]): number[] {
  const sizes: number[] = [];
  for (const group of groupOf) sizes[group] = (sizes[group] ?? 0) + 1;
  return sizes;
}

/** `[count, count]` with NaN for occurrences that could not be read. */
function wholeMatrix(probabilities: readonly (readonly number[])[], readable: readonly number[], count: number): Float32Array {
  const matrix = new Float32Array(count * count).fill(NaN);
  readable.forEach((row, i) => {
    readable.forEach((column, j) => {
      matrix[row * count + column] = probabilities[i]![j]!;
    });
  });
  return matrix;
}

function substitutesAt(probed: readonly (ProbedOccurrence | null | undefined)[], { current, top }: SensesRequest): Senses['substitutes'] {
  if (current === undefined) return null;
  return probed[current]?.likely?.slice(0, top) ?? null;
}
