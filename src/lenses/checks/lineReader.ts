import type { CheckFault, NamedWord } from './contract';

/** Stops the reading of a line. */
export class LineFault extends Error {
  override readonly name = 'LineFault';
  constructor(readonly fault: CheckFault) { super(fault.message); }
}

const blank = /[ \t]/;
/** Ends a word that is written without quotes. */
const endsWord = /[\s"():<>=≥≤→]/u;

/** Reads one line from its start to its end; ranges count in the whole file. */
export class LineReader {
  private at = 0;

  /** @param offset of the line in its file */
  constructor(private readonly line: string, private readonly offset: number) {}

  /** Offset in the file of what comes next. */
  get position(): number {
    this.skip();
    return this.offset + this.at;
  }

  /** Offset in the file where what was read last ends. */
  get end(): number {
    return this.offset + this.line.slice(0, this.at).trimEnd().length;
  }

  /** Whether nothing but a comment is left. */
  get isDone(): boolean {
    this.skip();
    return this.at >= this.line.length || this.line[this.at] === '#';
  }

  /** Takes a sign, where it comes next. */
  sign(...signs: readonly string[]): string | null {
    this.skip();
    const found = signs.find((sign) => this.line.startsWith(sign, this.at));
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }

  /** Takes one of these words, where it comes next as a whole word and not in quotes. */
  keyword<T extends string>(...keywords: readonly T[]): T | null {
    this.skip();
    const rest = /^[\p{L}]+/u.exec(this.line.slice(this.at, this.at + 40))?.[0];
    const found = keywords.find((keyword) => keyword === rest);
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }

  requireSign(what: string, ...signs: readonly string[]): string {
    return this.sign(...signs) ?? this.fail(`Expected ${what}`);
  }

  requireKeyword<T extends string>(what: string, ...keywords: readonly T[]): T {
    return this.keyword(...keywords) ?? this.fail(`Expected ${what}`);
  }

  /** A whole number from 0. */
  requireIndex(what: string): number {
    this.skip();
    const digits = /^\d{1,6}(?!\d)/.exec(this.line.slice(this.at, this.at + 8))?.[0];
    if (digits === undefined) return this.fail(`Expected ${what}: a whole number, counted from 0`);
    this.at += digits.length;
    return Number(digits);
  }

  /** A number such as 0.3, -1e-3 or 30 %. */
  requireNumber(): number {
    this.skip();
    const digits = /^[-+−]?(?:\d{1,21}(?:\.\d{0,25})?|\.\d{1,25})(?:e[-+]?\d{1,3})?(?![\w.])/i.exec(this.line.slice(this.at, this.at + 60))?.[0];
    if (digits === undefined) return this.fail('Expected a number, such as 0.3 or 30 %');
    this.at += digits.length;
    const value = Number(digits.replace('−', '-'));
    if (!Number.isFinite(value)) return this.fail('Expected a number that is not so large');
    return this.sign('%') === null ? value : value / 100;
  }

  /** A word as it is, or a text in quotes as JSON writes it. */
  requireWord(what: string): string {
    this.skip();
    const start = this.at;
    if (this.line[start] === '"') return this.quoted();
    while (this.at < this.line.length && !endsWord.test(this.line[this.at]!) && !this.isArrow()) this.at++;
    const word = this.line.slice(start, this.at);
    // `cow#2` is the word `cow`; a lone # is a word of its own nowhere, as it begins a comment.
    const marked = /^(.+)#\d+$/su.exec(word)?.[1];
    if (marked !== undefined) this.at = start + marked.length;
    const found = marked ?? word;
    return found === '' || found.startsWith('#') ? this.fail(`Expected ${what}`, start) : found;
  }

  /** A word, and behind it `#2` for the second that reads so. */
  requireNamedWord(what: string): NamedWord {
    const word = this.requireWord(what);
    if (this.line[this.at] !== '#') return { word, number: null };
    this.at++;
    const number = this.requireIndex('which of them is meant');
    if (number > 0) return { word, number };
    return this.fail('Expected a number from 1: the first that reads so is #1');
  }

  /** The rest of the line as a text: as it is, or in quotes. */
  requireText(what: string): string {
    this.skip();
    if (this.line[this.at] === '"') {
      const text = this.quoted();
      if (!this.isDone) this.fail('Expected the end of the line behind the closing quote');
      return text;
    }
    const text = this.line.slice(this.at).trimEnd();
    this.at = this.line.length;
    return text === '' ? this.fail(`Expected ${what}`) : text;
  }

  requireEnd(): void {
    if (!this.isDone) this.fail('Expected the end of the line');
  }

  /** @throws LineFault from `from`, or from what comes next, to the end of that word */
  fail(expected: string, from?: number): never {
    this.skip();
    const start = from ?? this.at;
    const found = /^\S{1,30}/u.exec(this.line.slice(start))?.[0];
    const message = `${expected}${found === undefined ? ', but the line ends here.' : `, not “${found}”.`}`;
    throw new LineFault({ start: this.offset + start, end: this.offset + start + (found?.length ?? 0), message });
  }

  private quoted(): string {
    const start = this.at;
    let end = start + 1;
    while (end < this.line.length && this.line[end] !== '"') end += this.line[end] === '\\' ? 2 : 1;
    if (end >= this.line.length) return this.fail('Expected a closing quote', start);
    try {
      const text = JSON.parse(this.line.slice(start, end + 1).replaceAll('\t', '\\t')) as string;
      this.at = end + 1;
      return text === '' ? this.fail('Expected some text between the quotes', start) : text;
    } catch (error) {
      if (error instanceof LineFault) throw error;
      return this.fail('Expected a text in quotes as JSON writes it, with \\" and \\\\ for quotes and backslashes', start);
    }
  }

  private isArrow(): boolean {
    return this.line.startsWith('->', this.at);
  }

  private skip(): void {
    while (this.at < this.line.length && blank.test(this.line[this.at]!)) this.at++;
  }
}

/** Whether a text can be written as a word without quotes. */
export function isPlainWord(text: string): boolean {
  return text !== '' && !endsWord.test(text) && !text.includes('->') && !text.startsWith('#') && !/#\d*$/u.test(text) && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text);
}
