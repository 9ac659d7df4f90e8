import { pairFilters, type PairFilter } from './headView';

/** A token that the reader follows: a row (query) or a column (key), by token index. */
export interface Followed {
  readonly side: 'query' | 'key';
  readonly token: number;
}

/** What the attention view remembers while it is hidden. */
export interface AttentionViewState {
  /** −1 for the last layer. */
  readonly layer: number;
  readonly head: number;
  readonly drawing: 'lines' | 'matrix';
  readonly hideSpecial: boolean;
  readonly pairs: PairFilter;
  readonly table: boolean;
  readonly pinned: Followed | null;
  /** The text that `pinned` belongs to. */
  readonly text: string;
}

const isFollowed = (value: unknown): value is Followed =>
  typeof value === 'object' && value !== null && 'side' in value && 'token' in value && Number.isInteger(value.token);

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readAttentionState(saved: unknown, firstLayer: number): AttentionViewState {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<AttentionViewState>;
  return {
    layer: Number.isInteger(from.layer) ? from.layer! : firstLayer,
    head: Number.isInteger(from.head) ? from.head! : 0,
    drawing: from.drawing === 'matrix' ? 'matrix' : 'lines',
    hideSpecial: from.hideSpecial === true,
    pairs: pairFilters.find((name) => name === from.pairs) ?? 'all',
    table: from.table === true,
    pinned: isFollowed(from.pinned) ? from.pinned : null,
    text: typeof from.text === 'string' ? from.text : '',
  };
}
