import { parseChecks } from './parse';
import { textBlock } from './print';
import type { CheckedText } from './contract';

/** Text to put into a file, and where. */
export interface Insertion {
  readonly at: number;
  readonly insert: string;
}

/**
 * Puts an expectation into a file of checks: behind the others of its text, or with its text at the end.
 * @param line the expectation as its file says it
 */
export function withCheck(source: string, text: Omit<CheckedText, 'expectations'>, line: string): Insertion {
  const lineEnd = /\r\n|\n|\r/.exec(source)?.[0] ?? '\n';
  const same = parseChecks(source).file?.texts.find((own) => own.text === text.text && own.second === text.second && own.written === text.written && own.expectations.length > 0);
  const last = same?.expectations.at(-1);
  if (last) {
    const rest = /[\r\n]/.exec(source.slice(last.range.end));
    const at = rest ? last.range.end + rest.index : source.length;
    return { at, insert: `${lineEnd}  ${line}` };
  }
  const gap = source === '' ? '' : source.endsWith('\n') || source.endsWith('\r') ? lineEnd : lineEnd + lineEnd;
  return { at: source.length, insert: `${gap}${textBlock({ ...text, expectations: [] })}  ${line}\n`.replaceAll(/\r\n|\n/g, lineEnd) };
}
