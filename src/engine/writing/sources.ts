import type { Feeds, IntegerFeed } from '../session/onnxSession';

/** Sources as an encoder takes them, `[row, source]`, padded on the right. */
export function sourceFeeds(inputs: readonly string[], sources: readonly (readonly number[])[], padId: number): Feeds {
  const width = Math.max(...sources.map(({ length }) => length));
  const filled = (valueAt: (row: readonly number[], index: number) => number): IntegerFeed => ({
    dims: [sources.length, width],
    values: sources.flatMap((row) => Array.from({ length: width }, (_, index) => valueAt(row, index))),
  });
  const known: Readonly<Record<string, () => IntegerFeed>> = {
    input_ids: () => filled((row, index) => row[index] ?? padId),
    attention_mask: () => maskOf(sources),
    token_type_ids: () => filled(() => 0),
    position_ids: () => filled((_, index) => index),
  };
  return Object.fromEntries(inputs.filter((name) => name in known).map((name) => [name, known[name]!()]));
}

/** 1 where a row has a token, `[row, source]`. */
export function maskOf(sources: readonly (readonly number[])[]): IntegerFeed {
  const width = Math.max(...sources.map(({ length }) => length));
  return {
    dims: [sources.length, width],
    values: sources.flatMap(({ length }) => Array.from({ length: width }, (_, index) => (index < length ? 1 : 0))),
  };
}
