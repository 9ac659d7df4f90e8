import type { Drift } from './contract';
import type { PickedLines } from './pickLines';
import { changesOf, headsOf, senseStatesOf, statesOf, wordsOf } from './tables';

/** A comparison as the command line prints it and the panel saves it; places are in the document. */
export function driftJson(drift: Drift, { lines, total }: PickedLines): object {
  const { model, against, tokens, cut, predictions, noPredictions, lineDivergence, senses } = drift;
  return {
    model: model.id,
    against: against.id,
    device: model.device,
    lines: { read: lines.length, total, cut },
    tokens,
    heads: headsOf(drift),
    states: statesOf(drift),
    predictions: predictions && { ...predictions, changes: changesOf(drift, lines) },
    noPredictions,
    senses: senses && {
      states: senseStatesOf(drift),
      leftOut: senses.leftOut,
      words: statesOf(drift).flatMap(({ state }) => wordsOf(drift, lines, state).map(({ occurrences, word, ...numbers }) =>
        ({ word, state, ...numbers, occurrences: occurrences.map(({ line, start, end, cosineDistance }) => ({ line, start, end, cosineDistance })) }))),
    },
    lineDivergence: lines.map(({ line }, index) => ({ line, divergence: lineDivergence[index]! })),
  };
}
