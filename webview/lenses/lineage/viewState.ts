import type { MovedNumber } from '../../../src/lenses/lineage/meanForgetting';

/** What the second chart draws: what is left of words, or how far they move the whole, by their place. */
export const curves = ['left', 'place'] as const;
export type Curve = (typeof curves)[number];

/** Where its sentences are from. */
export const sentenceSources = ['document', 'pairs'] as const;
export type SentenceSource = (typeof sentenceSources)[number];

/** Longest pasted text that is remembered: the whole state of the panel is written at each change. */
const longestRemembered = 20_000;

/** What the lineage view remembers while it is hidden. */
export interface LineageViewState {
  /** The number that is drawn of words that are left out. */
  readonly number: MovedNumber;
  /** Whether hypotheses are followed side by side, or the most probable token taken each time. */
  readonly search: 'beams' | 'greedy';
  /** Layer of the transformer's alignment; null for the mean of all. */
  readonly layer: number | null;
  readonly table: boolean;
  /** A translation to compare with, and the text that it belongs to. */
  readonly reference: { readonly of: string; readonly text: string };
  /** Pasted lines. */
  readonly pairs: string;
  readonly curve: Curve;
  readonly sentences: SentenceSource;
}

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readLineageState(saved: unknown): LineageViewState {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<keyof LineageViewState, unknown>>;
  const { of, text } = (typeof from.reference === 'object' && from.reference !== null ? from.reference : {}) as { of?: unknown; text?: unknown };
  return {
    number: from.number === 'distance' ? 'distance' : 'cosineDistance',
    search: from.search === 'greedy' ? 'greedy' : 'beams',
    layer: typeof from.layer === 'number' && Number.isInteger(from.layer) && from.layer >= 0 ? from.layer : null,
    table: from.table === true,
    reference: typeof of === 'string' && typeof text === 'string' ? { of, text } : { of: '', text: '' },
    pairs: typeof from.pairs === 'string' ? from.pairs : '',
    curve: curves.find((curve) => curve === from.curve) ?? 'left',
    sentences: sentenceSources.find((source) => source === from.sentences) ?? 'document',
  };
}

/** What of it is kept. */
export function rememberedOf(state: LineageViewState): LineageViewState {
  return state.pairs.length <= longestRemembered ? state : { ...state, pairs: '' };
}
