import type { TextRange } from './range';

/** A field of a record: its value, and where it stands in the text, quotes included. */
export interface CsvField extends TextRange {
  readonly value: string;
}

/** One record, which may go over several lines. */
export interface CsvRecord {
  /** Line of its first character, from 1. */
  readonly line: number;
  readonly fields: readonly CsvField[];
  /** What is wrong with it; null for a whole one. */
  readonly problem: string | null;
}

/** A quote that opens a field and is never closed: all behind it would belong to that field. */
export class OpenQuoteError extends Error {
  override readonly name = 'OpenQuoteError';

  /** @param line where the quote stands, from 1 */
  constructor(readonly line: number) {
    super(`A quote opened in line ${line} is never closed.`);
  }
}

/**
 * Records of comma-separated values (RFC 4180): fields in quotes may hold commas, line breaks and, doubled, quotes; lines
 * end in LF, CRLF or CR. Empty lines between records are no records.
 * @param from where to begin
 * @throws OpenQuoteError
 */
export function csvRecords(text: string, from = 0): CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = from;
  let line = 1;
  while (at < text.length) {
    const begin = line;
    const fields: CsvField[] = [];
    let problem: string | null = null;
    for (;;) {
      const start = at;
      if (text[at] === '"') {
        const opened = line;
        let value = '';
        for (at++; ; ) {
          const quote = text.indexOf('"', at);
          if (quote < 0) throw new OpenQuoteError(opened);
          value += text.slice(at, quote);
          at = quote + 1;
          if (text[at] !== '"') break;
          value += '"';
          at++;
        }
        line += lineBreaks(value);
        const stray = restOfField(text, at);
        if (stray > at) {
          problem ??= 'holds text behind a closing quote; write a quote within quotes twice';
          value += text.slice(at, stray);
          at = stray;
        }
        fields.push({ value, start, end: at });
      } else {
        at = restOfField(text, at);
        const value = text.slice(start, at);
        if (value.includes('"')) problem ??= 'holds a quote in a field without quotes; put the field in quotes, and write that quote twice';
        fields.push({ value, start, end: at });
      }
      if (text[at] !== ',') break;
      at++;
    }
    if (at < text.length) {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      line++;
    }
    if (fields.length > 1 || fields[0]!.end > fields[0]!.start) records.push({ line: begin, fields, problem });
  }
  return records;
}

/** Where a comma or a line break ends a field. */
function restOfField(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function lineBreaks(value: string): number {
  return value.match(/\r\n|\r|\n/g)?.length ?? 0;
}
