import type { NextSentence } from '../../../../src/lenses/nextSentence/contract';
import type { ControlSentence } from '../../../../src/panel/contract';
import type { EditorConnection } from '../../../connection';
import type { NextSentenceState } from './state';

/** What the head says of two sentences, of the reverse, and of a sentence from elsewhere. */
export interface PairScores {
  readonly first: string;
  readonly second: string;
  /** Of the second after the first. */
  readonly follows: NextSentence;
  /** Of the first after the second. */
  readonly swapped: number;
  readonly control: ControlSentence;
  /** Of the control after the first. */
  readonly controlled: number;
}

/** Asks for all of it, one after the other: the engine lets a later question take an earlier one's place. */
export async function askScores(editor: EditorConnection, { first, second, turn }: NextSentenceState, signal: AbortSignal): Promise<PairScores> {
  const score = (a: string, b: string): Promise<NextSentence> => editor.call('nextSentence/score', { first: a, second: b }, { signal });
  const follows = await score(first, second);
  const control = await editor.ask('panel/controlSentence', { first, second, turn });
  const { isNext: swapped } = await score(second, first);
  const { isNext: controlled } = await score(first, control.text);
  return { first, second, follows, swapped, control, controlled };
}

/** One pair that was scored. */
export interface ScoredPair {
  /** "A, then B". */
  readonly name: string;
  readonly first: string;
  readonly second: string;
  readonly isNext: number;
  /** Where the second is from; null for what the reader chose. */
  readonly from: string | null;
}

/** The pairs in the order in which they are shown. */
export function scoredPairs({ first, second, follows, swapped, control, controlled }: PairScores): ScoredPair[] {
  const from = control.label ?? 'Headlight’s list of ordinary sentences';
  return [
    { name: 'A, then B', first, second, isNext: follows.isNext, from: null },
    { name: 'B, then A', first: second, second: first, isNext: swapped, from: null },
    { name: 'A, then a control', first, second: control.text, isNext: controlled, from },
  ];
}
