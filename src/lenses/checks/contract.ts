import type { AttentionPart } from '../attention/contract';
import type { Ablation } from '../whatIf/contract';
import type { TextRange } from '../../text/range';

/** Files of checks end with it. */
export const checkExtension = '.headlight-check';
/** UTF-16 units of a file that are read; more is nothing that somebody wrote. */
export const longestCheckFile = 1_000_000;

/**
 * A token, or the tokens of a word, by text: the word that reads so, whatever its case, or else the token that does.
 * `number` counts them from 1, words before tokens; null where only one is meant to be there.
 */
export interface NamedWord {
  readonly word: string;
  readonly number: number | null;
}

/** What is switched off to measure an effect. Layers and heads count from 0. */
export type SwitchedOff =
  | { readonly kind: 'head'; readonly part: CheckedPart; readonly layer: number; readonly head: number }
  | { readonly kind: 'layer'; readonly part: CheckedPart; readonly layer: number }
  | { readonly kind: 'positions' };

/** A stack of attention; `first` is the one that every model has. */
export type CheckedPart = Exclude<AttentionPart, 'encoder'> | 'first';

/** A number that a model comes to, as `Outcome` in `evidence/contract.ts` has it, by words. */
export type CheckedOutcome =
  /** At the place of `at`; null for the place where the word itself stands, or the mask that the text holds. */
  | { readonly kind: 'probability'; readonly word: string; readonly at: NamedWord | null }
  | { readonly kind: 'nextSentence' }
  | { readonly kind: 'class'; readonly label: string }
  /** Of `first` in the text and `second` in the second text, or in the same one where there is none; `state` null is the last. */
  | { readonly kind: 'cosine'; readonly first: NamedWord; readonly second: NamedWord; readonly state: number | null }
  | { readonly kind: 'nextToken'; readonly word: string };

/** What an expectation is about. */
export type Measured =
  | CheckedOutcome
  /** Weight from one word to another: sum over the key's tokens, mean over the query's. */
  | { readonly kind: 'attention'; readonly part: CheckedPart; readonly layer: number; readonly head: number; readonly query: NamedWord; readonly key: NamedWord }
  /** Place among all vocabulary entries, from 1. */
  | { readonly kind: 'rank'; readonly word: string; readonly at: NamedWord | null }
  /** The outcome without what is off less the outcome with it, as rankings of heads have it: below 0, it raises the outcome. */
  | { readonly kind: 'effect'; readonly off: readonly SwitchedOff[]; readonly ablation: Ablation; readonly on: CheckedOutcome };

export const relations = ['>=', '<=', '>', '<'] as const;
export type Relation = (typeof relations)[number];

/** One thing that a model is to do: `head 3.4: it → cow >= 0.3`. */
export interface Expectation {
  readonly measured: Measured;
  readonly relation: Relation;
  readonly bound: number;
}

/** A text and what is expected of it. */
export interface CheckedText {
  readonly text: string;
  /** The second of a pair; null for none. */
  readonly second: string | null;
  /** What has been written so far, for models that write; null for nothing. */
  readonly written: string | null;
  readonly expectations: readonly PlacedExpectation[];
}

/** An expectation and where it stands in its file. */
export interface PlacedExpectation extends Expectation {
  readonly range: TextRange;
}

/** A value of a field and where it stands. */
export interface PlacedText extends TextRange {
  readonly value: string;
}

/** What a file of checks says. */
export interface CheckFile {
  /** A built-in id, or a path from the file's folder. */
  readonly model: PlacedText;
  /** Of the model's weights, as `model/hash` says it; null where the file names none. */
  readonly hash: PlacedText | null;
  readonly texts: readonly CheckedText[];
}

/** Something in a file that cannot be understood, and what is expected in its place. */
export interface CheckFault extends TextRange {
  readonly message: string;
}
