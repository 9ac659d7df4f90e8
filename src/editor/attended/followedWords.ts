import type { Attended, AttendedWord, KeptToken } from '../../panel/contract';
import type { TextRange } from '../../text/range';
import { OffsetMap, type TextChange } from '../source/offsetMap';

/** The words that a kept token attends to, followed through edits of their document. */
export class FollowedWords {
  private readonly map = new OffsetMap();

  /**
   * @param attended with offsets in the document as it is now
   * @param parts the text that was read, in the same offsets
   * @param stale whether the text has been edited since it was read
   */
  constructor(
    readonly attended: Attended,
    private readonly parts: readonly TextRange[],
    public stale: boolean,
  ) {}

  /** Takes in an edit of the document. */
  edited(changes: readonly TextChange[]): void {
    this.stale = this.map.apply(changes, this.parts) || this.stale;
  }

  /** The kept token where it stands now; null where it was deleted. */
  get kept(): KeptToken | null {
    const { side, range } = this.attended.kept;
    if (!range) return { side, range };
    const now = this.map.forward(range);
    return now.end > now.start ? { side, range: now } : null;
  }

  /** The words where they stand now, without those that were deleted. */
  get words(): AttendedWord[] {
    return this.attended.words
      .map((word) => ({ ...word, ...this.map.forward(word) }))
      .filter(({ start, end }) => end > start);
  }
}
