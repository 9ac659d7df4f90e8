import type { Box } from '../../draw/arcs';
import { isMasked, type AxisItem, type HeadView } from './headView';
import { partViews } from './severalHeads';

/** A token or word of the text with its parts in the map. */
export interface TextItem {
  readonly item: AxisItem;
  /** Its row; null where it is shown as a key only. */
  readonly query: number | null;
  /** Its column; null where it is shown as a query only. */
  readonly key: number | null;
}

/** A text or a sentence of a pair, which starts on a line of its own. */
export interface TextBlock {
  readonly name: string;
  readonly items: readonly TextItem[];
  readonly rightToLeft: boolean;
}

/** What is shown as running text, in reading order: a text, a pair, or for `cross` what is read and what is written. */
export function textBlocks({ queries, keys, kind }: HeadView): TextBlock[] {
  const asQueries = queries.map((item, query): TextItem => ({ item, query, key: null }));
  const asKeys = keys.map((item, key): TextItem => ({ item, query: null, key }));
  if (kind === 'cross') return [...blocks(asKeys, 'Source'), ...blocks(asQueries, 'Written')];
  const items = new Map(asQueries.map((own) => [own.item.tokens[0]!, own]));
  for (const own of asKeys) {
    const first = own.item.tokens[0]!;
    items.set(first, { ...own, query: items.get(first)?.query ?? null });
  }
  return blocks([...items.values()].sort((a, b) => a.item.tokens[0]! - b.item.tokens[0]!), 'Text');
}

function blocks(items: readonly TextItem[], name: string): TextBlock[] {
  const segments = ([0, 1] as const).map((segment) => items.filter(({ item }) => item.segment === segment));
  const filled = segments.filter((own) => own.length > 0);
  return filled.map((own) => ({
    name: filled.length > 1 ? `${name} ${own[0]!.item.segment === 0 ? 'A' : 'B'}` : name,
    items: own,
    rightToLeft: isRightToLeft(own),
  }));
}

/** By the first letter, as HTML's `dir="auto"` does; special tokens are no text. */
function isRightToLeft(items: readonly TextItem[]): boolean {
  const text = items.map(({ item }) => (item.special ? '' : item.label.replace(/⟨U\+[0-9A-F]+⟩/g, ''))).join('');
  const letter = /\p{L}/u.exec(text)?.[0];
  return letter !== undefined && /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u.test(letter);
}

/**
 * What each key receives: the mean of its column over the rows that may look at it, and over the heads that are shown.
 * @returns `[keys]`
 */
export function received(view: HeadView): Float32Array {
  const means = partViews(view).map(receivedOfMap);
  return means[0]!.map((_, key) => means.reduce((sum, own) => sum + own[key]!, 0) / means.length);
}

function receivedOfMap(view: HeadView): Float32Array {
  const { queries, keys, weights } = view;
  return Float32Array.from(keys, (_, column) => {
    let sum = 0;
    let rows = 0;
    for (let row = 0; row < queries.length; row++) {
      if (isMasked(view, row, column)) continue;
      sum += weights[row * keys.length + column]!;
      rows++;
    }
    return rows > 0 ? sum / rows : 0;
  });
}

const centre = ({ left, width }: Box): number => left + width / 2;

/** The box nearest above (−1) or below (1) another one; itself on the first and the last line. */
export function boxBeside(boxes: readonly Box[], at: number, step: -1 | 1): number {
  const from = boxes[at]!;
  const beyond = boxes.filter(({ top }) => (top - from.top) * step > from.height / 2);
  if (beyond.length === 0) return at;
  const nearest = beyond.reduce((near, { top }) => (Math.abs(top - from.top) < Math.abs(near - from.top) ? top : near), beyond[0]!.top);
  let best = at;
  boxes.forEach((box, index) => {
    if (Math.abs(box.top - nearest) > from.height / 2) return;
    if (best === at || Math.abs(centre(box) - centre(from)) < Math.abs(centre(boxes[best]!) - centre(from))) best = index;
  });
  return best;
}

/** The first of `ranked` whose numbers, `room` pixels wide under their boxes, do not run into each other. */
export function spaced(ranked: readonly number[], boxes: readonly Box[], most: number, room: number): number[] {
  const taken: number[] = [];
  for (const at of ranked) {
    const box = boxes[at]!;
    const free = taken.every((other) => Math.abs(boxes[other]!.top - box.top) > box.height / 2 || Math.abs(centre(boxes[other]!) - centre(box)) >= room);
    if (free) taken.push(at);
    if (taken.length === most) break;
  }
  return taken;
}
