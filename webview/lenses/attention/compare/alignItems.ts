import type { Token } from '../../../../src/text/token';
import type { AxisItem } from '../headView';
import { wordText } from '../wordPieces';
import { longestCommon } from '../../../../src/text/longestCommon';

/** Rows or columns of two maps that stand for the same: indexes of items, at least one on each side. */
export interface AlignedItems {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** One side of a comparison: its rows or columns, and the tokens they are made of. */
export interface Axis {
  readonly items: readonly AxisItem[];
  readonly tokens: readonly Token[];
}

/** Items of one word, or a special token. */
interface Unit {
  readonly items: number[];
  /** What makes units of two texts the same. */
  readonly key: string;
  /** Index of the first token. */
  readonly token: number;
}

/** Items of two readings of the same tokens. */
export function sameItems({ items }: Axis): AlignedItems[] {
  return items.map((_, index) => ({ a: [index], b: [index] }));
}

/**
 * Items of two tokenizations of the same text: what overlaps by characters belongs together, so that pieces are joined
 * until both sides end at the same place. Special tokens are matched in order, those before the text and those after.
 */
export function alignByOffsets(a: Axis, b: Axis): AlignedItems[] {
  const spans = [...spansOf(a, 'a'), ...spansOf(b, 'b')].sort((x, y) => x.segment - y.segment || x.start - y.start);
  const groups: { a: number[]; b: number[] }[] = [];
  let [segment, end] = [-1, 0];
  for (const span of spans) {
    if (span.segment !== segment || span.start >= end) {
      groups.push({ a: [], b: [] });
      [segment, end] = [span.segment, span.end];
    }
    groups.at(-1)![span.side].push(span.index);
    end = Math.max(end, span.end);
  }
  const special = longestCommon(specialsOf(a), specialsOf(b), ({ key }) => key).map(([x, y]) => ({ a: x.items, b: y.items }));
  return inOrder([...special, ...groups.filter((group) => group.a.length > 0 && group.b.length > 0)]);
}

/**
 * Words of two texts: the longest common subsequence of them, upper or lower case, special tokens by where they stand.
 * Where `anchor` (a token index on each side) is given, these two words are matched first.
 */
export function alignByWords(a: Axis, b: Axis, anchor: readonly [number, number] | null): AlignedItems[] {
  const [own, others] = [unitsOf(a), unitsOf(b)];
  const at = anchor ? [unitWith(own, a, anchor[0]), unitWith(others, b, anchor[1])] as const : null;
  const common = (x: readonly Unit[], y: readonly Unit[]): (readonly [Unit, Unit])[] => longestCommon(x, y, ({ key }) => key);
  const matched =
    at && at[0] >= 0 && at[1] >= 0
      ? [
          ...common(own.slice(0, at[0]), others.slice(0, at[1])),
          [own[at[0]]!, others[at[1]]!] as const,
          ...common(own.slice(at[0] + 1), others.slice(at[1] + 1)),
        ]
      : common(own, others);
  return matched.map(([x, y]) => ({ a: x.items, b: y.items }));
}

function spansOf({ items, tokens }: Axis, side: 'a' | 'b') {
  return items.flatMap((item, index) =>
    item.special ? [] : [{ side, index, segment: item.segment, start: tokens[item.tokens[0]!]!.start, end: tokens[item.tokens.at(-1)!]!.end }],
  );
}

function unitsOf(axis: Axis): Unit[] {
  const { items, tokens } = axis;
  const units: Unit[] = [];
  items.forEach((item, index) => {
    const [token] = item.tokens as [number];
    const last = units.at(-1);
    const { word, segment } = tokens[token]!;
    const before = last && tokens[last.token]!;
    if (last && word !== null && before?.word === word && before.segment === segment) last.items.push(index);
    else units.push({ items: [index], key: '', token });
  });
  return units.map((unit) => ({ ...unit, key: keyOf(unit, axis) }));
}

function specialsOf(axis: Axis): Unit[] {
  return unitsOf(axis).filter(({ items }) => axis.items[items[0]!]!.special);
}

function keyOf({ items: own, token }: Unit, { items, tokens }: Axis): string {
  if (items[own[0]!]!.special) return tokens.slice(0, token).every(({ special }) => special) ? ' start' : ' end';
  const pieces = own.flatMap((index) => items[index]!.tokens.map((at) => tokens[at]!));
  return wordText(pieces).normalize('NFC').toLowerCase();
}

function unitWith(units: readonly Unit[], { items }: Axis, token: number): number {
  return units.findIndex((unit) => unit.items.some((index) => items[index]!.tokens.includes(token)));
}

function inOrder(aligned: AlignedItems[]): AlignedItems[] {
  return aligned.sort((x, y) => x.a[0]! - y.a[0]!);
}
