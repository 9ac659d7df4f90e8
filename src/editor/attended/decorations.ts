import type { TextRange } from '../../text/range';
import { escapeText, shorten } from '../hover/escapeText';
import type { Translate } from '../translate';
import type { FollowedWords } from './followedWords';
import { type Strength, strengthOf } from './strength';

/** How a range is marked: a shade, or, after an edit of the text, where a shade was. */
export type Look = Strength | 'stale' | 'kept' | 'keptStale';

/** A marked range of the document, and what is said about it as Markdown. */
export interface Decoration extends TextRange {
  readonly look: Look;
  readonly message: string;
}

/** What is marked for a kept token. @param text of the document as it is now */
export function decorationsOf(followed: FollowedWords, text: string, t: Translate): Decoration[] {
  const { attended: { label, map }, kept, stale, words } = followed;
  const said = (part: string): string => escapeText(shorten(part, 40));
  const where = escapeText(stale ? t('{0}, before your edit', map) : map);
  const marks = words.flatMap(({ start, end, weight }): Decoration[] => {
    const strength = strengthOf(weight);
    if (strength === null) return [];
    const word = text.slice(start, end);
    const [from, to] = attendedSide(followed) === 'query' ? [label, word] : [word, label];
    const message = `$(eye) ${said(from)} → ${said(to)} **${weight.toFixed(4)}** · ${where}`;
    return [{ start, end, look: stale ? 'stale' : strength, message }];
  });
  if (!kept?.range) return marks;
  const shown = attendedSide(followed) === 'query' ? t('What “{0}” attends to is shaded.', label) : t('What attends to “{0}” is shaded.', label);
  const message = `$(pinned) ${escapeText(shown)} ${where} · ${escapeText(t('Esc clears'))}`;
  return [...marks, { ...kept.range, look: stale ? 'keptStale' : 'kept', message }];
}

const attendedSide = ({ attended }: FollowedWords): 'query' | 'key' => attended.kept.side;
