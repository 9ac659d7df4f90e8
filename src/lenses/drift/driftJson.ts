import type { Drift } from './contract';
import type { PickedLines } from './pickLines';
import { changesOf, headsOf, statesOf } from './tables';

/** A comparison as the command line prints it and the panel saves it; places are in the document. */
export function driftJson(drift: Drift, { lines, total }: PickedLines): object {
  const { model, against, tokens, cut, predictions, noPredictions, lineDivergence } = drift;
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
    lineDivergence: lines.map(({ line }, index) => ({ line, divergence: lineDivergence[index]! })),
  };
}
