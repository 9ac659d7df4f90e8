import type { Drift } from './contract';
import type { PickedLine } from './pickLines';

export const driftTables = ['heads', 'states', 'changes'] as const;
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
    const { line: number, offset, text } = lines[line]!;
    return { line: number, start: offset + start, end: offset + end, text: text.slice(start, end), divergence, before, after };
  });
}
