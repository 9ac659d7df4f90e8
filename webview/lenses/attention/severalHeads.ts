import type { AttentionMapKey } from '../../../src/lenses/attention/contract';
import { hues, mostHues } from '../../../src/picture/hues';
import type { Theme } from '../../theme';
import type { HeadView } from './headView';

/** A head by its place. */
export interface HeadPlace {
  readonly layer: number;
  readonly head: number;
}

/** One of several heads that are drawn together. */
export interface HeadPart extends HeadPlace {
  /** `[queries, keys]` */
  readonly weights: Float32Array;
}

/** Most heads that are drawn together: more cannot be told apart by any mark. */
export const mostHeads = 24;

export const samePlace = (a: HeadPlace, b: HeadPlace): boolean => a.layer === b.layer && a.head === b.head;

/** Whether a kind of map is of one head, so that several can be drawn together. */
export const ofOneHead = (kind: AttentionMapKey['kind']): boolean => kind === 'head' || kind === 'norms';

/** Adds a head at the end, or takes it out; the last one stays, and beyond the most the oldest goes. */
export function toggled(places: readonly HeadPlace[], place: HeadPlace): readonly HeadPlace[] {
  const others = places.filter((other) => !samePlace(other, place));
  if (others.length < places.length) return others.length > 0 ? others : places;
  return [...others, place].slice(-mostHeads);
}

/** "layer 3, head 1" */
export const placeName = ({ layer, head }: HeadPlace): string => `layer ${layer}, head ${head}`;

/** "3.1": layer and head where there is room for little. */
export const shortPlace = ({ layer, head }: HeadPlace): string => `${layer}.${head}`;

/** Several maps of the same rows and columns as one: each weight is the largest of the heads, which stay in `parts`. */
export function togetherView(maps: readonly { readonly map: AttentionMapKey; readonly view: HeadView }[]): HeadView {
  const first = maps[0]!;
  const parts = maps.flatMap(({ map, view }): HeadPart[] =>
    map.kind === 'head' || map.kind === 'norms' ? [{ layer: map.layer, head: map.head, weights: view.weights }] : [],
  );
  if (parts.length < 2) return first.view;
  const weights = first.view.weights.map((_, at) => Math.max(...parts.map((part) => part.weights[at]!)));
  return { ...first.view, weights, max: Math.max(...maps.map(({ view }) => view.max)), parts };
}

/** The maps that a view is made of: itself where it is of one head. */
export function partViews(view: HeadView): readonly HeadView[] {
  const { parts, ...whole } = view;
  return parts ? parts.map(({ weights }) => ({ ...whole, weights })) : [view];
}

/** The colours of so many heads: a hue of its own for each up to eight, beyond that one for all, since more hues cannot be told apart. */
export function colorsOf(count: number, { dark, data }: Pick<Theme, 'dark' | 'data'>): readonly string[] {
  return Array.from({ length: count }, (_, at) => (count > 1 && count <= mostHues ? hues(dark)[at]! : data));
}

/** The colour of each part of a view, of one where it has no parts. */
export function partColors({ parts }: HeadView, theme: Pick<Theme, 'dark' | 'data'>): readonly string[] {
  return colorsOf(parts?.length ?? 1, theme);
}

/** Which part gives a query the most for a key. */
export function strongestPart(parts: readonly HeadPart[], at: number): number {
  return parts.reduce((best, { weights }, part) => (weights[at]! > parts[best]!.weights[at]! ? part : best), 0);
}
