import type { AttentionKind } from '../../../src/lenses/model';
import type { Token } from '../../../src/text/token';
import { visibleText } from '../../../src/text/visibleText';
import { memoize } from '../../memoize';
import { tokenText, tokenTitle, withoutSpace } from '../tokenText';
import { mergedWeights, wordsOf, wordText } from './wordPieces';
import type { HeadPart } from './severalHeads';

/** Which part of a sentence pair's attention is shown: from the text of the query to the text of the key. */
export const pairFilters = ['all', 'aa', 'ab', 'ba', 'bb'] as const;
export type PairFilter = (typeof pairFilters)[number];
export const pairLabels: Readonly<Record<PairFilter, string>> = { all: 'All', aa: 'A→A', ab: 'A→B', ba: 'B→A', bb: 'B→B' };

export interface HeadFilter {
  readonly hideSpecial: boolean;
  readonly pairs: PairFilter;
  /** Words instead of their pieces. */
  readonly mergePieces?: boolean;
}

/** A row or a column: a token, or a word of several. */
export interface AxisItem {
  /** Token indexes in reading order, at least one; the first stands for the item where one is followed. */
  readonly tokens: readonly number[];
  /** What the views write: the source text, visible where it would show nothing. */
  readonly label: string;
  /** What a tooltip adds: the vocabulary entries and their numbers. */
  readonly title: string;
  readonly special: boolean;
  readonly segment: 0 | 1;
  /** Whether it follows the item before without a space. */
  readonly joined: boolean;
  /** What else there is to say of it as a query. */
  readonly note?: string;
}

/** The rows of a map. */
export interface MapRows {
  /** The tokens that look. */
  readonly tokens: readonly Token[];
  /** What there is to say of a row, by token indexes of its pieces; absent where the token says all. */
  readonly note?: (pieces: readonly number[]) => string;
}

/** The part of one map that is shown. Queries and keys are of one text, or, for `cross`, of two. */
export interface HeadView {
  readonly queries: readonly AxisItem[];
  readonly keys: readonly AxisItem[];
  /** `[queries, keys]` */
  readonly weights: Float32Array;
  /** Largest weight shown, 0 when there is none. */
  readonly max: number;
  readonly kind: AttentionKind;
  /** The heads that are drawn together, of whose weights `weights` holds the largest; absent for one map. */
  readonly parts?: readonly HeadPart[];
}

const segments: Readonly<Record<PairFilter, readonly [query: 0 | 1 | null, key: 0 | 1 | null]>> = {
  all: [null, null],
  aa: [0, 0],
  ab: [0, 1],
  ba: [1, 0],
  bb: [1, 1],
};

/** The tokens of a text, or its words, as rows or columns. */
export function axisItems(tokens: readonly Token[], mergePieces = false): AxisItem[] {
  const groups = mergePieces ? wordsOf(tokens) : tokens.map((_, index) => [index]);
  return groups.map((group): AxisItem => {
    const pieces = group.map((index) => tokens[index]!);
    const first = pieces[0]!;
    const before = tokens[group[0]! - 1];
    return {
      tokens: group,
      label: mergePieces ? visibleText(withoutSpace({ ...first, text: wordText(pieces) }).text) : tokenText(first),
      title: pieces.map(tokenTitle).join('\n'),
      special: first.special,
      segment: first.segment,
      joined: before !== undefined && !before.special && !first.special && before.segment === first.segment && before.end >= first.start,
    };
  });
}

// Sixty and more heads of one text are shown at once.
const itemsOf = memoize(axisItems);
const rowsOf = memoize(({ tokens, note }: MapRows, mergePieces: boolean): readonly AxisItem[] =>
  axisItems(tokens, mergePieces).map((item) => {
    const said = note?.(item.tokens);
    return said === undefined ? item : { ...item, note: said, title: `${item.title}\n${said}` };
  }),
);

/** Rows and columns that a filter leaves. */
export function filteredAxes(tokens: readonly Token[], { hideSpecial, pairs, mergePieces = false }: HeadFilter, rows?: MapRows): Pick<HeadView, 'queries' | 'keys'> {
  const keys = itemsOf(tokens, mergePieces);
  const queries = rows ? rowsOf(rows, mergePieces) : keys;
  const [querySegment, keySegment] = segments[pairs];
  const within = (items: readonly AxisItem[], segment: 0 | 1 | null): AxisItem[] =>
    items.filter((item) => (segment === null || item.segment === segment) && !(hideSpecial && item.special));
  return { queries: within(queries, querySegment), keys: within(keys, keySegment) };
}

/**
 * Applies a filter to a map. Words take the sum over their pieces as keys and the mean over their pieces as queries
 * (Clark et al. 2019, section 4.1, arXiv:1906.04341). Then, without special tokens, each row is divided by what it gives
 * to the others, of both texts, so that it sums to one again; a pair filter alone changes no number.
 * @param all `[queries, tokens]`
 * @param tokens the columns, and the rows too where `rows` says nothing of them
 */
export function headView(all: ArrayLike<number>, tokens: readonly Token[], filter: HeadFilter, kind: AttentionKind = 'self', rows?: MapRows): HeadView {
  const { queries, keys } = filteredAxes(tokens, filter, rows);
  const weights = mergedWeights(all, tokens.length, queries, keys);
  if (filter.hideSpecial) {
    const kept = filter.pairs === 'all' ? keys : filteredAxes(tokens, { ...filter, pairs: 'all' }, rows).keys;
    const whole = kept === keys ? weights : mergedWeights(all, tokens.length, queries, kept);
    const shares = queries.map((_, row) => sumOf(whole.subarray(row * kept.length, (row + 1) * kept.length)));
    weights.forEach((weight, at) => {
      const share = shares[Math.floor(at / keys.length)]!;
      weights[at] = share > 0 ? weight / share : 0;
    });
  }
  return { queries, keys, weights, max: weights.reduce((max, weight) => Math.max(max, weight), 0), kind };
}

/** Whether the model forbids a query to look at a key, which comes after it and is not yet written. */
export function isMasked({ queries, keys, kind }: HeadView, row: number, column: number): boolean {
  return kind === 'causal' && keys[column]!.tokens[0]! > queries[row]!.tokens.at(-1)!;
}

/** Whether the editor's selection touches an item: of attention to another text only that text, the keys, is in the document. */
export function isSelected({ kind }: HeadView, side: 'query' | 'key', { tokens }: AxisItem, selected: readonly number[]): boolean {
  return (kind !== 'cross' || side === 'key') && tokens.some((token) => selected.includes(token));
}

/** Row or column that holds a token, −1 when none does. */
export function itemOf(items: readonly AxisItem[], token: number): number {
  return items.findIndex(({ tokens }) => tokens.includes(token));
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
