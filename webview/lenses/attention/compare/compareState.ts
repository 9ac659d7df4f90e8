/** What the shown map is compared with: another head of the same text and model, another text, or another model. */
export const comparisons = ['head', 'text', 'model'] as const;
export type ComparisonKind = (typeof comparisons)[number];

/** What the comparison remembers while it is open. */
export interface CompareState {
  readonly kind: ComparisonKind;
  /** Layer and head of the other side, for `head` and `model`; clamped to what there is. */
  readonly layer: number;
  readonly head: number;
  /** The other text; empty until the reader gives one. */
  readonly text: string;
  /** Id of the other model; null until the reader chooses one. */
  readonly model: string | null;
  /** The word that both texts share; null for the one that is followed, or the longest. */
  readonly word: string | null;
  readonly table: boolean;
}

/** A comparison as it is opened beside a layer and head: with the layer before, or the next one from the first. */
export function openedBeside(layer: number, head: number): CompareState {
  return { kind: 'head', layer: layer > 0 ? layer - 1 : 1, head, text: '', model: null, word: null, table: false };
}

/** Reads a remembered state; null when none was open, and defaults for what is malformed. */
export function readCompareState(saved: unknown): CompareState | null {
  if (typeof saved !== 'object' || saved === null) return null;
  const from = saved as Partial<CompareState>;
  const count = (value: unknown): number => (Number.isInteger(value) && (value as number) >= 0 ? (value as number) : 0);
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    kind: comparisons.find((kind) => kind === from.kind) ?? 'head',
    layer: count(from.layer),
    head: count(from.head),
    text: text(from.text) ?? '',
    model: text(from.model),
    word: text(from.word),
    table: from.table === true,
  };
}
