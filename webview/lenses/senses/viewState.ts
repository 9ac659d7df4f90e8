import type { AskedWord } from '../../../src/text/wordInUse';
import { mostWords } from './furtherWords';
import { type OccurrenceScope, occurrenceScopes } from '../../../src/panel/contract';

/** Which vectors the map shows: what the grouping goes by, or the word's own state after one layer. */
export type Vectors = 'probes' | 'layer';

/** How vectors become points: principal components, or UMAP. */
export type Projection = 'pca' | 'umap';

/** What the senses view remembers while it is hidden. */
export interface SensesViewState {
  readonly vectors: Vectors;
  /** Hidden state that the map by layer shows, 0 the embedding layer's. */
  readonly state: number;
  /** Whether the curves over layers are shown as tables. */
  readonly table: boolean;
  /** Whether two occurrences are compared. */
  readonly comparing: boolean;
  readonly projection: Projection;
  /** Words that the reader added. */
  readonly words: readonly AskedWord[];
  /** Whether nearest neighbours are listed. */
  readonly neighbours: boolean;
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
    projection: from.projection === 'umap' ? 'umap' : 'pca',
    words: Array.isArray(from.words) ? from.words.flatMap(readWord).slice(0, mostWords) : [],
    neighbours: from.neighbours === true,
    scope: occurrenceScopes.find((scope) => scope === from.scope) ?? 'document',
  };
}

function readWord(saved: unknown): AskedWord[] {
  const { word, sentence } = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<string, unknown>>;
  if (typeof word !== 'string' || word === '') return [];
  return [{ word, ...(typeof sentence === 'string' && { sentence }) }];
}
