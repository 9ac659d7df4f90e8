/** How each token is chosen. */
export const choosings = [
  { value: 'greedy', label: 'Likeliest' },
  { value: 'beams', label: 'Beams' },
  { value: 'sample', label: 'Drawn' },
] as const;
export type Choosing = (typeof choosings)[number]['value'];

/** What the reader can choose from. */
export const limits = {
  beams: { min: 2, max: 8 },
  temperature: { min: 0.1, max: 2, step: 0.1 },
  topK: { min: 0, max: 100 },
  topP: { min: 0.05, max: 1, step: 0.05 },
} as const;

/** What the translation view remembers while it is hidden. */
export interface TranslationViewState {
  /** The text that `forced`, `own` and `step` belong to. */
  readonly text: string;
  /** Id of the chosen model; null for the one that `modelInUse` takes. */
  readonly model: string | null;
  readonly choosing: Choosing;
  readonly beams: number;
  readonly temperature: number;
  /** 0 for all. */
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  /** Ids that the translation has to begin with. */
  readonly forced: readonly number[];
  /** Most tokens to write; null for what suits the length of the source. */
  readonly maxTokens: number | null;
  /** The reader's own translation, which is scored; empty for none. */
  readonly own: string;
  /** Which translation the cards show. */
  readonly shown: 'model' | 'own';
  /** The step that is looked at; −1 for the last. */
  readonly step: number;
  /** What is drawn of the step: its look at the source, or back at what was written. */
  readonly looks: 'across' | 'back';
  /** `all` heads, those of a layer (`2`), or one (`2.7`); the heads of the decoder's last layer are a common choice. */
  readonly heads: string;
  /** Words instead of their pieces. */
  readonly words: boolean;
  readonly hideSpecial: boolean;
  readonly drawing: 'lines' | 'matrix';
  readonly table: boolean;
}

function within(value: unknown, { min, max }: { readonly min: number; readonly max: number }, otherwise: number): number {
  return typeof value === 'number' && value >= min && value <= max ? value : otherwise;
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readTranslationState(saved: unknown): TranslationViewState {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<keyof TranslationViewState, unknown>>;
  const own = typeof from.own === 'string' ? from.own : '';
  return {
    text: typeof from.text === 'string' ? from.text : '',
    model: typeof from.model === 'string' ? from.model : null,
    choosing: choosings.find(({ value }) => value === from.choosing)?.value ?? 'greedy',
    beams: Math.round(within(from.beams, limits.beams, 4)),
    temperature: within(from.temperature, limits.temperature, 1),
    topK: Math.round(within(from.topK, limits.topK, 0)),
    topP: within(from.topP, limits.topP, 1),
    seed: isId(from.seed) ? from.seed : 1,
    forced: Array.isArray(from.forced) && from.forced.every(isId) ? from.forced : [],
    maxTokens: isId(from.maxTokens) && from.maxTokens > 0 ? from.maxTokens : null,
    own,
    shown: from.shown === 'own' && own !== '' ? 'own' : 'model',
    step: Number.isSafeInteger(from.step) ? (from.step as number) : -1,
    looks: from.looks === 'back' ? 'back' : 'across',
    heads: typeof from.heads === 'string' && /^(?:all|\d+(?:\.\d+)?)$/.test(from.heads) ? from.heads : 'all',
    words: from.words !== false,
    hideSpecial: from.hideSpecial === true,
    drawing: from.drawing === 'lines' ? 'lines' : 'matrix',
    table: from.table === true,
  };
}
