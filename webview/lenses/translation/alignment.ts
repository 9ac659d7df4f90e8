import type { AttentionKind } from '../../../src/lenses/model';
import { axisItems, type AxisItem, type HeadView } from '../attention/headView';
import { mergedWeights } from '../attention/wordPieces';
import { chosenRow, type HeadChoice } from '../writing/headChoice';
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

/** What every head, in a row of its own, looks at in the source at one step. */
export function headsView({ crossHeads, crossLayers, steps, tokens }: ShownTranslation, step: number, { words, hideSpecial }: AlignmentOptions): HeadView | null {
  const rows = steps[step]?.crossAttention;
  if (!rows) return null;
  const keys = axisItems(tokens, words).filter(({ special }) => !(hideSpecial && special));
  const queries = Array.from({ length: crossLayers * crossHeads }, (_, at): AxisItem => {
    const [layer, head] = [Math.floor(at / crossHeads), at % crossHeads];
    return { tokens: [at], label: `${layer}.${head}`, title: `layer ${layer}, head ${head}`, special: false, segment: 0, joined: false };
  });
  return viewOf(rows, tokens.length, queries, keys, 'self', hideSpecial);
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
