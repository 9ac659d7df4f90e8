import type { TextRange } from '../text/range';

/** A piece of text and where it stood in its document when the link was made. */
export interface LinkedText {
  readonly text: string;
  readonly offset: number;
}

/** A model as a link names it: a built-in by its id, a folder by its own name and a mark of its path. */
export interface LinkedModel {
  readonly name: string;
  /** First digits of the SHA-256 of the folder's path, which a link does not tell to others; absent for a built-in. */
  readonly folder?: string;
}

/** A view of attention as a link carries it: nothing in it is absolute or of one machine. */
export interface AttentionLink {
  readonly model: LinkedModel;
  /** The other model of a comparison; null for none. */
  readonly otherModel: LinkedModel | null;
  /** The document within its workspace folder, with `/`; absent where it lay in none. */
  readonly path?: string;
  /** File name and lines, to show where the text came from. */
  readonly label: string;
  readonly first: LinkedText;
  /** The second text of a pair. */
  readonly second?: LinkedText;
  /** What is selected in `first`, relative to it. */
  readonly selection: TextRange;
  /** What the view remembers; only the view knows its fields, and reads them with care. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** UTF-16 units of text that a link carries, both texts together. */
export const longestLinkedText = 8000;
/** UTF-16 units of the view's state as JSON, with the text of a comparison. */
export const longestState = 12_000;

/** Raised when the JSON of a link changes its meaning. */
export const linkVersion = 1;
