import { type Direction, directions } from '../../../../src/lenses/nextSentence/crossingHeads';
import type { SentencePair } from '../../../../src/panel/contract';
import { longestSentence } from '../../sentenceField';

/** What the part about two sentences remembers. */
export interface NextSentenceState {
  /** As the reader may have written them anew; the second may be empty. */
  readonly first: string;
  readonly second: string;
  /** Of the control sentence, from 1. */
  readonly turn: number;
  /** Which heads are shown: those by which the first looks at the second, or the reverse. */
  readonly direction: Direction;
}

/** How it begins on two sentences of a document. */
export function stateOf({ first, second }: SentencePair, before: NextSentenceState | null): NextSentenceState {
  const cut = (text: string): string => text.slice(0, longestSentence);
  return { first: cut(first.text), second: cut(second?.text ?? ''), turn: 1, direction: before?.direction ?? 'firstToSecond' };
}

/** Reads a remembered state; null, for closed, where it is missing or malformed. */
export function readNextSentenceState(saved: unknown): NextSentenceState | null {
  if (typeof saved !== 'object' || saved === null) return null;
  const { first, second, turn, direction } = saved as Partial<Record<keyof NextSentenceState, unknown>>;
  if (typeof first !== 'string' || typeof second !== 'string') return null;
  return {
    first,
    second,
    turn: Number.isSafeInteger(turn) && (turn as number) > 0 ? (turn as number) : 1,
    direction: directions.find((name) => name === direction) ?? 'firstToSecond',
  };
}
