import type { Token } from '../../src/text/token';
import { visibleText } from '../../src/text/visibleText';

/** A token as the views write it: its own text, visible where it would show nothing. */
export function tokenText(token: Token): string {
  return visibleText(token.text);
}

/** What a tooltip adds: the vocabulary entry and its number. */
export function tokenTitle(token: Token): string {
  return `${visibleText(token.piece)} · id ${token.id}`;
}
