import type { TextRange } from './range';

/**
 * A text on its way through a tokenizer, with the source range that each of its UTF-16 units came from.
 * Slices share the arrays of the whole, so cutting a long text into words costs no copying.
 */
export class AlignedText {
  private constructor(
    readonly text: string,
    private readonly starts: Int32Array,
    private readonly ends: Int32Array,
    /** Index of the first unit in the arrays. */
    private readonly base: number,
  ) {}

  /** The untouched source: each character stands for itself, a surrogate pair being one character. */
  static of(source: string): AlignedText {
    const builder = new AlignedTextBuilder(source.length);
    let at = 0;
    for (const character of source) {
      builder.push(character, at, at + character.length);
      at += character.length;
    }
    return builder.build();
  }

  /** @internal For the builder. */
  static fromParts(text: string, starts: Int32Array, ends: Int32Array): AlignedText {
    return new AlignedText(text, starts, ends, 0);
  }

  get length(): number {
    return this.text.length;
  }

  slice(from: number, to: number): AlignedText {
    return new AlignedText(this.text.slice(from, to), this.starts, this.ends, this.base + from);
  }

  /** Start of the source range of the unit at `index`; 0 before the first, as the Python library has it. */
  startOf(index: number): number {
    return index < 0 ? 0 : (this.starts[this.base + index] ?? 0);
  }

  endOf(index: number): number {
    return index < 0 ? 0 : (this.ends[this.base + index] ?? 0);
  }

  /** Source range under the units [from, to). An empty span has an empty range. */
  rangeOf(from: number, to: number): TextRange {
    if (to <= from) {
      const at = from > 0 ? this.endOf(from - 1) : this.startOf(from);
      return { start: at, end: at };
    }
    const start = this.startOf(from);
    return { start, end: Math.max(start, this.endOf(to - 1)) };
  }

  /** Each character replaced by what `map` makes of it: all of that stands where the character stood. */
  mapCharacters(map: (character: string) => string): AlignedText {
    const builder = new AlignedTextBuilder(this.length);
    let at = 0;
    for (const character of this.text) {
      builder.push(map(character), this.startOf(at), this.endOf(at));
      at += character.length;
    }
    return builder.build();
  }

  /**
   * A rewriting told in changes, one per new character: 0 takes the place of the next old character, 1 is inserted
   * after the one before it, −n takes the place of the next and n further old characters vanish.
   * This is how the Python library tells its alignments, so the same changes give the same ranges.
   */
  applyChanges(characters: readonly string[], changes: readonly number[]): AlignedText {
    const builder = new AlignedTextBuilder(this.length + characters.length);
    let at = 0;
    characters.forEach((character, i) => {
      const change = changes[i]!;
      const from = change > 0 ? at - 1 : Math.min(at, this.length - 1);
      builder.push(character, this.startOf(from), this.endOf(from));
      for (let taken = change > 0 ? 0 : 1 - change; taken > 0; taken--) at += widthAt(this.text, at);
    });
    return builder.build();
  }
}

/** Collects characters with the source range each stands for. */
export class AlignedTextBuilder {
  private text = '';
  private starts: Int32Array;
  private ends: Int32Array;
  private size = 0;

  constructor(expectedLength: number) {
    this.starts = new Int32Array(expectedLength + 8);
    this.ends = new Int32Array(expectedLength + 8);
  }

  push(text: string, start: number, end: number): void {
    if (text === '') return;
    this.text += text;
    const size = this.size + text.length;
    if (size > this.starts.length) this.grow(size * 2);
    for (let i = this.size; i < size; i++) {
      this.starts[i] = start;
      this.ends[i] = end;
    }
    this.size = size;
  }

  /** Adds a piece with its ranges as they are. */
  append(text: AlignedText): void {
    let at = 0;
    for (const character of text.text) {
      this.push(character, text.startOf(at), text.endOf(at));
      at += character.length;
    }
  }

  build(): AlignedText {
    return AlignedText.fromParts(this.text, this.starts, this.ends);
  }

  private grow(capacity: number): void {
    const starts = new Int32Array(capacity);
    const ends = new Int32Array(capacity);
    starts.set(this.starts);
    ends.set(this.ends);
    this.starts = starts;
    this.ends = ends;
  }
}

/** UTF-16 units of the character at `index`: 2 for a surrogate pair. */
export function widthAt(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}
