import type { Token } from '../../src/text/token';
import { visibleText } from '../../src/text/visibleText';

/** A token as the views write it: its own text, visible where it would show nothing. */
export function tokenText(token: Token): string {
  return visibleText(token.text);
}

/** The token without the space that it begins with, as sentence pieces do, which belongs to no word. */
export function withoutSpace(token: Token): Token {
  const { length } = token.text;
  const text = token.text.trimStart();
  return token.special || text === '' || text.length === length ? token : { ...token, text, start: token.start + length - text.length };
}

/** What a tooltip adds: the vocabulary entry and its number. */
export function tokenTitle(token: Token): string {
  return `${visibleText(token.piece)} · id ${token.id}`;
}
