import { type NextSentenceState, readNextSentenceState } from './nextSentence/state';

/** What the reader can choose from. */
export const temperatures = { min: 0.1, max: 3, step: 0.1 } as const;

/** What the predictions view remembers while it is hidden. */
export interface PredictionsViewState {
  /** The text that `masked` belongs to. */
  readonly text: string;
  /** Token indexes that the reader masked; null until the first answer says which the subject's range covers. */
  readonly masked: readonly number[] | null;
  readonly candidates: readonly string[];
  readonly table: boolean;
  /** Divides the logits before the softmax. */
  readonly temperature: number;
  /** Whether what each layer would say is shown too. */
  readonly depth: boolean;
  /** Whether the game of BERT's training is shown too. */
  readonly training: boolean;
  /** The two sentences that are compared; null while that part is closed. */
  readonly next: NextSentenceState | null;
  /** Which run of a command opened a part last; null for none. */
  readonly opened: string | null;
}

const listOf = <T>(value: unknown, is: (item: unknown) => item is T): T[] | null =>
  Array.isArray(value) && value.every(is) ? value : null;

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readPredictionsState(saved: unknown): PredictionsViewState {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<keyof PredictionsViewState, unknown>>;
  return {
    text: typeof from.text === 'string' ? from.text : '',
    masked: listOf(from.masked, (item): item is number => Number.isInteger(item)),
    candidates: listOf(from.candidates, (item): item is string => typeof item === 'string') ?? [],
    table: from.table === true,
    temperature: typeof from.temperature === 'number' && from.temperature >= temperatures.min && from.temperature <= temperatures.max ? from.temperature : 1,
    depth: from.depth === true,
    training: from.training === true,
    next: readNextSentenceState(from.next),
    opened: typeof from.opened === 'string' ? from.opened : null,
  };
}
