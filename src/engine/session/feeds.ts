import type { ModelInput } from '../../lenses/model';
import { positionsInput } from '../../onnx/positions';
import type { IntegerFeed } from './onnxSession';

/** Places whose logits are wanted, and of which hidden state. */
export type LogitPlaces = readonly { readonly row: number; readonly token: number; readonly state: number }[];

/**
 * Inputs of a run, padded on the right to the longest row; only those that the graph takes.
 * @param isNarrow of the last hidden state, there are these places alone
 * @returns feeds of shape `[batch, token]`, and `[1, n]` for `headlight/positions`
 */
export function feedsFor(
  inputs: readonly string[],
  batch: readonly ModelInput[],
  padId: number,
  places: LogitPlaces,
  isNarrow = false,
): Record<string, IntegerFeed> {
  const width = Math.max(...batch.map((row) => row.tokens.length));
  const dims = [batch.length, width];
  const rows = (valueAt: (row: ModelInput, index: number) => number, padding: number): IntegerFeed => ({
    dims,
    values: batch.flatMap((row) =>
      Array.from({ length: width }, (_, index) => (index < row.tokens.length ? valueAt(row, index) : padding)),
    ),
  });
  // The graph always takes a place: with none asked for, the first.
  const flat =
    places.length > 0 ? places.map(({ row, token, state }, at) => state * batch.length * width + (isNarrow ? at : row * width + token)) : [0];
  const known: Readonly<Record<string, () => IntegerFeed>> = {
    input_ids: () => rows((row, index) => row.ids?.[index] ?? row.tokens[index]!.id, padId),
    attention_mask: () => rows(() => 1, 0),
    token_type_ids: () => rows((row, index) => row.tokens[index]!.segment, 0),
    position_ids: () => rows((_, index) => index, 0),
    [positionsInput]: () => ({ dims: [1, flat.length], values: flat }),
  };
  return Object.fromEntries(
    inputs.filter((name) => name in known).map((name) => [name, known[name]!()]),
  );
}

/** Inputs of a graph that Headlight cannot fill. */
export function unknownInputs(inputs: readonly string[]): string[] {
  const known = new Set(['input_ids', 'attention_mask', 'token_type_ids', 'position_ids', positionsInput]);
  return inputs.filter((name) => !known.has(name) && !name.startsWith('past_key_values.'));
}
