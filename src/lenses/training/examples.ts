import { HeadlightError } from '../../errors';
import { csvRecords, OpenQuoteError } from '../../text/csvRecords';
import type { TextRange } from '../../text/range';

/** How labelled lines are written. */
export const dataFormats = ['tsv', 'csv', 'jsonl'] as const;
export type DataFormat = (typeof dataFormats)[number];

/** A text with its label, and where both stand. */
export interface Example extends TextRange {
  readonly label: string;
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** A line that is not used, and why. */
export interface LeftOutLine {
  /** From 1. */
  readonly line: number;
  /** Goes on from the line's number: `has no label`. */
  readonly reason: string;
}

/** What a file of labelled lines holds. */
export interface Examples {
  readonly format: DataFormat;
  readonly examples: readonly Example[];
  readonly leftOut: readonly LeftOutLine[];
}

/** Most examples: their vectors have to fit into memory. */
export const mostExamples = 200_000;
const mostLabelLength = 200;

/** A line before it is looked at: a label and a text, or what is wrong with it. */
type Read = TextRange & { readonly line: number } & ({ readonly label: string; readonly text: string } | { readonly problem: string });

const byEnding: Readonly<Record<string, DataFormat>> = { csv: 'csv', tsv: 'tsv', tab: 'tsv', jsonl: 'jsonl', ndjson: 'jsonl' };

/**
 * Reads labelled lines: `label<TAB>text`, CSV (RFC 4180) or JSONL (`{"label": …, "text": …}`), the first two with a
 * header that names the columns or without. What a file of another name is, its first line tells. Lines that cannot be
 * used are named and left out, as are texts that stand there with different labels; of lines that are the same, the
 * first is used.
 * @throws HeadlightError `data-unusable` for a file that holds no examples, or CSV that is broken
 */
export function readExamples(name: string, text: string): Examples {
  const from = text.startsWith('\ufeff') ? 1 : 0;
  if (text.slice(from).trim() === '') throw unusable(`${name} is empty.`);
  if (text.includes('\0')) throw unusable(`${name} is a binary file.`);
  const format = formatOf(name, text.slice(from));
  const { leftOut, examples } = checked(linesOf(format, name, text, from));
  if (examples.length + leftOut.length === 0) throw unusable(`${name} holds no examples, only a header.`);
  if (examples.length === 0) throw unusable(`No line of ${name} can be used: line ${leftOut[0]!.line} ${leftOut[0]!.reason}.`);
  if (examples.length > mostExamples) {
    throw unusable(`${name} holds ${examples.length} examples, more than the ${mostExamples} whose vectors are kept in memory at a time.`, 'Train on a part of it.');
  }
  return { format, examples, leftOut };
}

/** Share of lines that may be unusable in a file that was not said to hold labelled ones. */
const mostUnusable = 0.1;

/**
 * The examples of a file that nobody said to be one of labelled lines; null for any other. Its name has to end as such files'
 * do, nearly all lines have to be of that form, and a label has to stand at two texts in the mean, as no second column of
 * translations or numbers does.
 */
export function labelledExamples(name: string, text: string): readonly Example[] | null {
  if (!byEnding[endingOf(name)]) return null;
  try {
    const { examples, leftOut } = readExamples(name, text);
    const labels = new Set(examples.map(({ label }) => label));
    const isLabelled = leftOut.length <= mostUnusable * (examples.length + leftOut.length) && 2 * labels.size <= examples.length;
    return isLabelled ? examples : null;
  } catch (error) {
    if (error instanceof HeadlightError) return null;
    throw error;
  }
}

function endingOf(name: string): string {
  return /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}

function formatOf(name: string, text: string): DataFormat {
  const known = byEnding[endingOf(name)];
  if (known) return known;
  const first = /\S.*/.exec(text)?.[0] ?? '';
  if (first.startsWith('{')) return 'jsonl';
  return first.includes('\t') || !first.includes(',') ? 'tsv' : 'csv';
}

function linesOf(format: DataFormat, name: string, text: string, from: number): Read[] {
  switch (format) {
    case 'jsonl':
      return plainLines(text, from).map(jsonLine);
    case 'tsv':
      return inColumns(plainLines(text, from).map(({ content, ...place }) => ({ ...place, cells: content.split('\t'), problem: null })), 'a tab between label and text');
    case 'csv':
      try {
        return inColumns(
          csvRecords(text, from).map(({ line, fields, problem }) => ({
            line, problem, cells: fields.map(({ value }) => value), start: fields[0]!.start, end: fields.at(-1)!.end,
          })),
          'two fields, label and text; a text with commas goes in quotes',
        );
      } catch (error) {
        if (!(error instanceof OpenQuoteError)) throw error;
        throw unusable(`${name} is broken: the quote that opens a field in line ${error.line} is never closed.`, 'Close it, or write quotes within quotes twice.');
      }
  }
}

/** Lines that hold something, with their numbers. */
function plainLines(text: string, from: number): (TextRange & { readonly line: number; readonly content: string })[] {
  const lines = [];
  let line = 1;
  const breaks = /\r\n|\r|\n/g;
  breaks.lastIndex = from;
  for (let start = from; start <= text.length; line++) {
    const end = breaks.exec(text)?.index ?? text.length;
    const content = text.slice(start, end);
    if (content.trim() !== '') lines.push({ line, start, end, content });
    start = breaks.lastIndex === 0 ? text.length + 1 : breaks.lastIndex;
  }
  return lines;
}

interface Row extends TextRange {
  readonly line: number;
  readonly cells: readonly string[];
  readonly problem: string | null;
}

/** @param wanted what a row without a header has to have, in words */
function inColumns(rows: readonly Row[], wanted: string): Read[] {
  const names = rows[0]?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const [labelAt, textAt] = [names.indexOf('label'), names.indexOf('text')];
  const hasHeader = labelAt >= 0 && textAt >= 0;
  return rows.slice(hasHeader ? 1 : 0).map(({ line, start, end, cells, problem }): Read => {
    if (problem !== null) return { line, start, end, problem };
    if (hasHeader) return cells.length === names.length ? { line, start, end, label: cells[labelAt]!, text: cells[textAt]! } : { line, start, end, problem: `has ${count(cells.length, 'field')}, while the header names ${names.length}` };
    return cells.length === 2 ? { line, start, end, label: cells[0]!, text: cells[1]! } : { line, start, end, problem: `has ${count(cells.length, 'field')}, not ${wanted}` };
  });
}

function jsonLine({ content, ...place }: ReturnType<typeof plainLines>[number]): Read {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return { ...place, problem: 'is no JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ...place, problem: 'is no JSON object with "label" and "text"' };
  const { label, text } = value as Readonly<Record<string, unknown>>;
  if (typeof text !== 'string') return { ...place, problem: 'has no "text"' };
  if (!['string', 'number', 'boolean'].includes(typeof label)) return { ...place, problem: 'has no "label"' };
  return { ...place, label: String(label), text };
}

function checked(lines: readonly Read[]): Pick<Examples, 'examples' | 'leftOut'> {
  const leftOut: LeftOutLine[] = [];
  const usable: Example[] = [];
  for (const read of lines) {
    const { line, start, end } = read;
    const reason = 'problem' in read ? read.problem : problemOf(read);
    if (reason !== null || 'problem' in read) leftOut.push({ line, reason: reason ?? '' });
    // Letters that can be written in several ways are one label however they are written.
    else usable.push({ line, start, end, label: read.label.trim().normalize('NFC'), text: read.text.trim() });
  }
  const byText = new Map<string, Example[]>();
  for (const example of usable) {
    const same = byText.get(example.text);
    if (same) same.push(example);
    else byText.set(example.text, [example]);
  }
  const examples = usable.filter((example) => {
    const same = byText.get(example.text)!;
    const other = same.find(({ label }) => label !== example.label);
    if (other) leftOut.push({ line: example.line, reason: `has the text of line ${other.line}, with another label` });
    else if (same[0] !== example) leftOut.push({ line: example.line, reason: `is the same as line ${same[0]!.line}` });
    return !other && same[0] === example;
  });
  return { examples, leftOut: leftOut.sort((one, other) => one.line - other.line) };
}

function problemOf({ label, text }: { readonly label: string; readonly text: string }): string | null {
  if (label.trim() === '') return 'has no label';
  if (text.trim() === '') return 'has no text';
  return label.length > mostLabelLength ? `has a label of ${label.length} characters: are label and text swapped?` : null;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** What is wrong with a file of labelled lines, and what such a file looks like. */
export function unusable(what: string, advice = 'Write a line for each example: label, a tab and the text; or CSV with these two columns; or JSONL with "label" and "text".'): HeadlightError {
  return new HeadlightError('data-unusable', `${what} ${advice}`);
}
