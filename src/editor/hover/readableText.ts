import type * as vscode from 'vscode';
import { type CodeGrammar, grammarOf, isProse } from '../../text/codeGrammars';
import type { TextRange } from '../../text/range';
import { type TextInCode, textInCode } from '../../text/textInCode';

/** What a document says at a place: its text, and in code where its comments and strings are. */
export interface ReadableText {
  readonly text: string;
  /** In order; absent where all of it is text. Of long code, what lies around the place. */
  readonly within?: readonly TextInCode[];
}

/**
 * UTF-16 units of code that are looked through on either side of a place. More would take longer than a few milliseconds,
 * and a comment or string that begins before it is rare.
 */
const codeReach = 50_000;

/** Schemes of documents that nobody wrote to be read as text: what programs print, and the workbench's own inputs. */
const notRead = new Set(['output', 'debug', 'vscode-terminal', 'vscode-interactive-input', 'comment']);

interface Read {
  readonly version: number;
  readonly languageId: string;
  readonly text: string;
  code?: { readonly start: number; readonly end: number; readonly within: readonly TextInCode[] };
}

/** Reads documents as a card does, and remembers what it read until they change. */
export class ReadableTexts {
  private readonly read = new WeakMap<vscode.TextDocument, Read>();

  /** The text around an offset; null in a document of which nothing is text, or is known to be. */
  around(document: vscode.TextDocument, offset: number): ReadableText | null {
    const { languageId, uri } = document;
    if (notRead.has(uri.scheme)) return null;
    if (isProse(languageId)) return { text: this.of(document).text };
    const grammar = grammarOf(languageId);
    if (!grammar) return null;
    const read = this.of(document);
    return { text: read.text, within: textAround(read, grammar, offset) };
  }

  private of(document: vscode.TextDocument): Read {
    const { version, languageId } = document;
    let read = this.read.get(document);
    if (read?.version !== version || read.languageId !== languageId) {
      read = { version, languageId, text: document.getText() };
      this.read.set(document, read);
    }
    return read;
  }
}

function textAround(read: Read, grammar: CodeGrammar, offset: number): readonly TextInCode[] {
  const { text, code } = read;
  const near = codeReach / 2;
  const serves = code && (code.start === 0 || offset - code.start > near) && (code.end === text.length || code.end - offset > near);
  if (serves) return code.within;
  const from = Math.max(0, offset - codeReach);
  const start = from === 0 ? 0 : text.lastIndexOf('\n', from) + 1;
  const end = Math.min(text.length, offset + codeReach);
  const shift = ({ start: a, end: b }: TextRange): TextRange => ({ start: a + start, end: b + start });
  const within = textInCode(text.slice(start, end), grammar).map((one) => ({ ...shift(one), whole: shift(one.whole) }));
  read.code = { start, end, within };
  return within;
}

/** Whether a word stands in the text of a document, and not in its code. */
export function holds({ within }: ReadableText, word: TextRange): boolean {
  return !within || within.some(({ start, end }) => start <= word.start && word.end <= end);
}
