import type { TextRange } from '../../text/range';
import type { ModelSubject, Target } from '../model';
import type { OccurrenceInContext } from '../senses/contract';

export interface NeighboursRequest extends Target {
  /** The word whose neighbours are wanted, in its sentence. */
  readonly of: OccurrenceInContext;
  /** Text whose words are compared. */
  readonly text: string;
  /** Offset in `text` that the compared words are nearest to. */
  readonly focus: number;
  /** Neighbours wanted of each hidden state. */
  readonly top: number;
  /** Whether other occurrences of the same word count as neighbours, each by itself. */
  readonly sameWord: boolean;
}

/** A place in the text whose word has a vector near the asked one's. Its range is within the text. */
export interface Neighbour extends TextRange {
  readonly cosine: number;
  /** Range of its sentence. */
  readonly sentence: TextRange;
}

/** Nearest content words of a text by contextual vectors. Of another word, only its nearest place is listed. */
export interface Neighbours extends ModelSubject {
  /** By hidden state, 0 the embedding layer's; nearest first. */
  readonly states: readonly (readonly Neighbour[])[];
  /** Places that were compared. */
  readonly compared: number;
  /** Tokens of their sentences; of a long text, only the sentences nearest to the focus are read. */
  readonly tokens: number;
  readonly whole: boolean;
}
