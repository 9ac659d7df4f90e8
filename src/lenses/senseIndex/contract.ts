import type { ModelSubject, Target } from '../model';
import type { OccurrenceInContext } from '../senses/contract';

/** A call about the index of a workspace, which lies in a folder of its own. The panel cannot make one. */
export interface SenseIndexRequest extends Target {
  /** Absolute path of the folder that holds the index. */
  readonly folder: string;
}

export interface SenseIndexOpenRequest extends SenseIndexRequest {
  /** Whether to measure how fast the model reads. */
  readonly measure: boolean;
}

/** A file as it was when it was indexed. */
export interface IndexedFile {
  /** The file's URI. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  /** Bytes. */
  readonly size: number;
}

export interface SenseIndexState extends ModelSubject {
  /** `other-model`: it was made with other weights, and is made anew when files are added. `broken`: it cannot be read. */
  readonly state: 'missing' | 'ready' | 'broken' | 'other-model';
  /** What is wrong with it, in a sentence; empty when nothing is. */
  readonly detail: string;
  readonly files: readonly IndexedFile[];
  /** Words in the index. */
  readonly words: number;
  /** How fast this model reads on this machine just now; null where it was not measured. */
  readonly tokensPerSecond: number | null;
  /** Bytes that a word takes in the index. */
  readonly bytesPerWord: number;
  /** Whether its vectors are those in which senses were fitted to lie apart, not just the last hidden state. */
  readonly fitted: boolean;
  /** Why words of all forms are compared one by one, which takes longer in a large index; null where they are not. */
  readonly exactOnly: string | null;
}

export interface SenseIndexUpdate extends SenseIndexRequest {
  readonly files: readonly (IndexedFile & { readonly text: string })[];
  /** Keys of files that are no more. */
  readonly removed: readonly string[];
  /** When this is done: write the index, or write it with a graph of near words, which takes longer. */
  readonly finish: 'write' | 'link' | null;
}

export interface SenseIndexUpdated extends ModelSubject {
  /** Files that were read anew; the others have the same text as before. */
  readonly read: number;
  /** Words in the index now. */
  readonly words: number;
}

export interface SenseSearchRequest extends SenseIndexRequest {
  /** What is looked for: a word in its sentence. */
  readonly occurrence: OccurrenceInContext;
  /** Occurrences of the same word, or of any other. */
  readonly words: 'same' | 'others';
  readonly top: number;
}

export interface SenseHit {
  /** The file's URI. */
  readonly key: string;
  readonly start: number;
  readonly end: number;
  /** Folded form of the word. */
  readonly form: string;
  /** Cosine, −1 to 1. */
  readonly similarity: number;
}

export interface SenseSearchResult extends ModelSubject {
  /** The likest first. */
  readonly hits: readonly SenseHit[];
  /** Occurrences of the word in the index, or all words that were compared. */
  readonly total: number;
}
