/** A place as editors count it: line and UTF-16 column from 0. */
export interface LinePlace {
  readonly line: number;
  readonly column: number;
}

/** Where the lines of a text begin, with any line ends, so that offsets become lines and columns. */
export class LinePlaces {
  private readonly starts = [0];

  constructor(text: string) {
    for (const { 0: end, index } of text.matchAll(/\r\n|\n|\r/g)) this.starts.push(index + end.length);
  }

  at(offset: number): LinePlace {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low, column: offset - this.starts[low]! };
  }
}
