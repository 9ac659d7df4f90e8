import type { Drift } from './contract';
import { type PickedLine, placeInDocument } from './pickLines';
import type { TextRange } from '../../text/range';

export const driftTables = ['heads', 'states', 'changes', 'senses', 'words', 'occurrences'] as const;
export type DriftTable = (typeof driftTables)[number];

/** One part of a comparison as rows, the first of which names the columns. */
export function driftRows(drift: Drift, lines: readonly PickedLine[], table: DriftTable): (string | number)[][] {
  switch (table) {
    case 'heads':
      return [['layer', 'head', 'divergence', 'difference'], ...headsOf(drift).map(({ layer, head, divergence, difference }) => [layer, head, divergence, difference])];
    case 'states':
      return [['state', 'cosineDistance', 'relativeNorm'], ...statesOf(drift).map(({ state, cosineDistance, relativeNorm }) => [state, cosineDistance, relativeNorm])];
    case 'changes':
      return [
        ['line', 'start', 'end', 'text', 'before', 'beforeProbability', 'after', 'afterProbability', 'divergence'],
        ...changesOf(drift, lines).map(({ after, before, divergence, end, line, start, text }) =>
          [line, start, end, text, before.token, before.probability, after.token, after.probability, divergence]),
      ];
    case 'senses':
      return [
        ['state', 'withinBefore', 'withinAfter', 'betweenBefore', 'betweenAfter', 'similarity'],
        ...senseStatesOf(drift).map((one) => [one.state, one.withinBefore, one.withinAfter, ...[one.betweenBefore, one.betweenAfter, one.similarity].map(written)]),
      ];
    case 'words':
      return [
        ['word', 'occurrences', 'state', 'cosineDistance', 'before', 'after', 'structure'],
        ...statesOf(drift).flatMap(({ state }) => wordsOf(drift, lines, state).map((one) =>
          [one.word, one.occurrences.length, state, one.cosineDistance, one.before, one.after, written(one.structure)])),
      ];
    case 'occurrences':
      return [
        ['word', 'line', 'start', 'end', 'state', 'cosineDistance'],
        ...statesOf(drift).flatMap(({ state }) => wordsOf(drift, lines, state).flatMap(({ word, occurrences }) =>
          occurrences.map(({ line, start, end, cosineDistance }) => [word, line, start, end, state, cosineDistance]))),
      ];
  }
}

/** Heads in order. */
export function headsOf({ heads: { difference, divergence }, model: { heads } }: Drift) {
  return Array.from(divergence, (bits, at) => ({ layer: Math.floor(at / heads), head: at % heads, divergence: bits, difference: difference[at]! }));
}

/** Hidden states from the embedding layer's output on. */
export function statesOf({ states: { cosineDistance, relativeNorm } }: Drift) {
  return Array.from(cosineDistance, (distance, state) => ({ state, cosineDistance: distance, relativeNorm: relativeNorm[state]! }));
}

/** Changed predictions with their places in the document: lines from 1, UTF-16 offsets into the whole text. */
export function changesOf({ predictions }: Drift, lines: readonly PickedLine[]) {
  return (predictions?.changes ?? []).map(({ line, start, end, divergence, before, after }) => {
    const { line: number, text } = lines[line]!;
    return { line: number, ...placeInDocument(lines[line]!, { start, end }), text: text.slice(start, end), divergence, before, after };
  });
}

/** How occurrences of words lie to each other, by hidden state: means over words; null where there is nothing to compare. */
export function senseStatesOf({ senses, states }: Drift) {
  if (!senses) return [];
  const count = states.cosineDistance.length;
  const mean = (values: Float32Array, state: number): number => senses.words.reduce((sum, _, word) => sum + values[word * count + state]!, 0) / senses.words.length;
  return Array.from({ length: count }, (_, state) => ({
    state,
    withinBefore: mean(senses.before, state),
    withinAfter: mean(senses.after, state),
    betweenBefore: numberOrNull(senses.betweenBefore[state]!),
    betweenAfter: numberOrNull(senses.betweenAfter[state]!),
    similarity: numberOrNull(senses.similarity[state]!),
  }));
}

/** An occurrence in the document: line from 1, UTF-16 offsets into the whole text. */
export interface MovedOccurrence extends TextRange {
  /** Index among the lines that were read. */
  readonly index: number;
  readonly line: number;
  /** 1 − cosine of its two vectors. */
  readonly cosineDistance: number;
}

/** How a word moved at one hidden state. */
export interface MovedWord {
  readonly word: string;
  readonly occurrences: readonly MovedOccurrence[];
  /** The mean over its occurrences. */
  readonly cosineDistance: number;
  /** Mean cosine of two of its occurrences, in the one model and in the other. */
  readonly before: number;
  readonly after: number;
  readonly structure: number | null;
}

/** Repeated words at one hidden state, those that occur most first. */
export function wordsOf({ senses, states }: Drift, lines: readonly PickedLine[], state: number): MovedWord[] {
  const count = states.cosineDistance.length;
  let at = 0;
  return (senses?.words ?? []).map(({ word, places }, index) => {
    const occurrences = places.map(({ line, start, end }): MovedOccurrence => ({
      index: line, line: lines[line]!.line, ...placeInDocument(lines[line]!, { start, end }), cosineDistance: senses!.cosineDistance[at++ * count + state]!,
    }));
    return {
      word,
      occurrences,
      cosineDistance: occurrences.reduce((sum, { cosineDistance }) => sum + cosineDistance, 0) / occurrences.length,
      before: senses!.before[index * count + state]!,
      after: senses!.after[index * count + state]!,
      structure: numberOrNull(senses!.structure[index * count + state]!),
    };
  });
}

/** NaN stands for nothing in arrays of numbers. */
function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** Nothing is an empty cell. */
function written(value: number | null): number | string {
  return value ?? '';
}
