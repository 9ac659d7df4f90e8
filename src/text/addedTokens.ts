import type { AlignedText } from './alignedText';
import { escapeRegExp } from './patterns';

/** An entry of `added_tokens` in `tokenizer.json`: text that is one token wherever it stands. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly normalized?: boolean;
  readonly special?: boolean;
}

/** A stretch of text, and the added token that it is, if it is one. */
export interface AddedTokenSplit {
  readonly text: AlignedText;
  readonly added: AddedToken | null;
}

const wordCharacter = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** Finds added tokens typed in a text: leftmost first, the longest of those that begin there. */
export class AddedTokenSplitter {
  private readonly pattern: RegExp | null;
  private readonly byContent: ReadonlyMap<string, AddedToken>;

  /** @param entries what to look for, by the text to find. */
  constructor(entries: readonly (readonly [content: string, token: AddedToken])[]) {
    const found = entries.filter(([content]) => content !== '');
    this.byContent = new Map(found);
    const contents = [...this.byContent.keys()].sort((a, b) => b.length - a.length).map(escapeRegExp);
    this.pattern = contents.length === 0 ? null : new RegExp(contents.join('|'), 'g');
  }

  split(text: AlignedText): AddedTokenSplit[] {
    if (this.pattern === null) return text.length === 0 ? [] : [{ text, added: null }];
    const splits: AddedTokenSplit[] = [];
    const push = (from: number, to: number, added: AddedToken | null) => {
      if (to > from) splits.push({ text: text.slice(from, to), added });
    };
    let at = 0;
    for (const match of text.text.matchAll(this.pattern)) {
      const added = this.byContent.get(match[0])!;
      let start = match.index;
      let end = start + match[0].length;
      if (added.single_word === true && (isWordAt(text.text, start - 1) || isWordAt(text.text, end))) continue;
      if (added.lstrip === true) while (start > at && isSpaceAt(text.text, start - 1)) start--;
      if (added.rstrip === true) while (isSpaceAt(text.text, end)) end++;
      push(at, start, null);
      push(start, end, added);
      at = end;
    }
    push(at, text.length, null);
    return splits;
  }
}

function isSpaceAt(text: string, index: number): boolean {
  return /\p{White_Space}/u.test(text.charAt(index));
}

/** Whether the character that the unit at `index` belongs to is part of a word. */
function isWordAt(text: string, index: number): boolean {
  const low = text.charCodeAt(index);
  const from = low >= 0xdc00 && low <= 0xdfff ? index - 1 : index;
  const code = text.codePointAt(from);
  return code !== undefined && wordCharacter.test(String.fromCodePoint(code));
}
