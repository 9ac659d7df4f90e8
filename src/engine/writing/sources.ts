import type { Feeds, IntegerFeed } from '../session/onnxSession';

/** Sources side by side, as wide as the longest of them was when they were read: what was made of them stays that wide. */
export interface Sources {
  readonly rows: readonly (readonly number[])[];
  readonly width: number;
}

export function sourcesOf(rows: readonly (readonly number[])[]): Sources {
  return { rows, width: Math.max(...rows.map(({ length }) => length)) };
}

/** Sources as an encoder takes them, `[row, source]`, padded on the right. */
export function sourceFeeds(inputs: readonly string[], sources: Sources, padId: number): Feeds {
  const known: Readonly<Record<string, () => IntegerFeed>> = {
    input_ids: () => filled(sources, (row, index) => row[index] ?? padId),
    attention_mask: () => maskOf(sources),
    token_type_ids: () => filled(sources, () => 0),
    position_ids: () => filled(sources, (_, index) => index),
  };
  return Object.fromEntries(inputs.filter((name) => name in known).map((name) => [name, known[name]!()]));
}

/** 1 where a row has a token, `[row, source]`. */
export function maskOf(sources: Sources): IntegerFeed {
  return filled(sources, ({ length }, index) => (index < length ? 1 : 0));
}

function filled({ rows, width }: Sources, valueAt: (row: readonly number[], index: number) => number): IntegerFeed {
  return { dims: [rows.length, width], values: rows.flatMap((row) => Array.from({ length: width }, (_, index) => valueAt(row, index))) };
}
