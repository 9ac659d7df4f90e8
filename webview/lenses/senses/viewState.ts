import { type OccurrenceScope, occurrenceScopes } from '../../../src/panel/contract';

/** Which vectors the map shows: what the grouping goes by, or the word's own state after one layer. */
export type Vectors = 'probes' | 'layer';

/** What the senses view remembers while it is hidden. */
export interface SensesViewState {
  readonly vectors: Vectors;
  /** Hidden state that the map by layer shows, 0 the embedding layer's. */
  readonly state: number;
  /** Whether the curves over layers are shown as tables. */
  readonly table: boolean;
  /** Whether two occurrences are compared. */
  readonly comparing: boolean;
  /** Where occurrences are looked for. */
  readonly scope: OccurrenceScope;
}

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readSensesState(saved: unknown): SensesViewState {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<SensesViewState>;
  return {
    vectors: from.vectors === 'layer' ? 'layer' : 'probes',
    state: Number.isSafeInteger(from.state) && from.state! >= 0 ? from.state! : 0,
    table: from.table === true,
    comparing: from.comparing === true,
    scope: occurrenceScopes.find((scope) => scope === from.scope) ?? 'document',
  };
}
