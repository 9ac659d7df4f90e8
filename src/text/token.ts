import type { TextRange } from './range';

/** One token of a model's input, tied to the source text it came from. */
export interface Token extends TextRange {
  readonly id: number;
  /** The tokenizer's own string, for example `##ing`, `Ġthe`, `[CLS]`. */
  readonly piece: string;
  /** The source text under the token as the author wrote it (`The`, not `the`); the piece itself where there is none. */
  readonly text: string;
  /** Added by the tokenizer's template (`[CLS]`, `[SEP]`): stands for no text, and its range is 0–0. */
  readonly special: boolean;
  /** 0 for the first text, 1 for its pair; `start` and `end` count within that text. */
  readonly segment: 0 | 1;
  /** Index of the word within its segment that the token is a piece of; null for special tokens. */
  readonly word: number | null;
}

/** A text, or a pair of texts, as a model takes it in. */
export interface Encoding {
  readonly text: string;
  readonly pair?: string;
  readonly tokens: readonly Token[];
}
