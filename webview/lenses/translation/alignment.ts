import type { AttentionKind } from '../../../src/lenses/model';
import { visibleText } from '../../../src/text/visibleText';
import { axisItems, type AxisItem, type HeadView } from '../attention/headView';
import { mergedWeights } from '../attention/wordPieces';
import { chosenRow, type HeadChoice } from './headChoice';
import { type ShownTranslation, writtenItems } from './shownTranslation';

/** How rows and columns are put together. */
export interface AlignmentOptions {
  /** Words instead of their pieces: sums over a key's pieces, means over a query's. */
  readonly words: boolean;
  /** Without special tokens; rows are divided by what is left, so that they sum to one again. */
  readonly hideSpecial: boolean;
}

/** Written tokens in rows, the source's in columns, by the heads chosen; null for a model without such attention. */
export function alignmentView(shown: ShownTranslation, heads: HeadChoice, { words, hideSpecial }: AlignmentOptions): HeadView | null {
  const rows = shown.steps.flatMap(({ crossAttention }) => crossAttention ?? []);
  if (rows.length === 0 || rows.length < shown.steps.length) return null;
  const all = stacked(rows.map((row) => chosenRow(row, shown.crossLayers, shown.crossHeads, heads)), shown.tokens.length);
  const kept = (items: AxisItem[]): AxisItem[] => (hideSpecial ? items.filter(({ special }) => !special) : items);
  return viewOf(all, shown.tokens.length, kept(writtenItems(shown.steps, words)), kept(axisItems(shown.tokens, words)), 'cross', hideSpecial);
}

/** Every head in a row of its own, at one step: what it looks at in the source (`across`), or in what was written (`back`). */
export function headsView(shown: ShownTranslation, step: number, looks: 'across' | 'back', { words, hideSpecial }: AlignmentOptions): HeadView | null {
  const { crossAttention = null, selfAttention = null } = shown.steps[step] ?? {};
  const rows = looks === 'across' ? crossAttention : selfAttention;
  const heads = looks === 'across' ? shown.crossHeads : shown.selfHeads;
  const layers = looks === 'across' ? shown.crossLayers : shown.selfLayers;
  if (!rows) return null;
  const columns = rows.length / (layers * heads);
  const items = looks === 'across' ? axisItems(shown.tokens, words) : earlierItems(shown, step);
  const keys = hideSpecial ? items.filter(({ special }) => !special) : items;
  const queries = Array.from({ length: layers * heads }, (_, at): AxisItem => {
    const place = `${Math.floor(at / heads)}.${at % heads}`;
    return { tokens: [at], label: place, title: `layer ${Math.floor(at / heads)}, head ${at % heads}`, special: false, segment: 0, joined: false };
  });
  return viewOf(rows, columns, queries, keys, 'self', hideSpecial);
}

/**
 * The decoder's self-attention up to a step: a triangle, as a token can look at what was written before it only. Row t is
 * the position that finds step t; its columns are the start tokens and the steps before.
 */
export function causalView(shown: ShownTranslation, step: number, heads: HeadChoice): HeadView | null {
  const steps = shown.steps.slice(0, step + 1);
  const rows = steps.flatMap(({ selfAttention }) => selfAttention ?? []);
  if (rows.length === 0 || rows.length < steps.length) return null;
  const first = shown.firstKeys.length;
  const columns = first + step;
  const all = new Float32Array(steps.length * columns);
  rows.forEach((row, at) => { all.set(chosenRow(row, shown.selfLayers, shown.selfHeads, heads), at * columns); });
  const own = writtenItems(steps, false);
  // By position: the token that is read there is the one before that which is found.
  const queries = own.map((item, at) => ({ ...item, tokens: [first + at - 1] }));
  const weights = mergedWeights(all, columns, own, earlierItems(shown, step));
  return { queries, keys: earlierItems(shown, step), weights, max: largest(weights), kind: 'causal' };
}

/** The start tokens and what was written before a step, `tokens` being positions. */
function earlierItems({ firstKeys, steps }: ShownTranslation, step: number): AxisItem[] {
  const starts = firstKeys.map((text, at): AxisItem => ({ tokens: [at], label: visibleText(text), title: 'given to begin with', special: true, segment: 0, joined: false }));
  return [...starts, ...writtenItems(steps.slice(0, step), false).map((item) => ({ ...item, tokens: item.tokens.map((at) => at + firstKeys.length) }))];
}

function viewOf(all: ArrayLike<number>, columns: number, queries: AxisItem[], keys: AxisItem[], kind: AttentionKind, renormalised: boolean): HeadView {
  const weights = mergedWeights(all, columns, queries, keys);
  if (renormalised) {
    for (let row = 0; row < queries.length; row++) {
      const own = weights.subarray(row * keys.length, (row + 1) * keys.length);
      const sum = own.reduce((total, weight) => total + weight, 0);
      if (sum > 0) own.forEach((weight, at) => { own[at] = weight / sum; });
    }
  }
  return { queries, keys, weights, max: largest(weights), kind };
}

function stacked(rows: readonly Float32Array[], columns: number): Float32Array {
  const all = new Float32Array(rows.length * columns);
  rows.forEach((row, at) => { all.set(row, at * columns); });
  return all;
}

function largest(weights: Float32Array): number {
  return weights.reduce((max, weight) => Math.max(max, weight), 0);
}
