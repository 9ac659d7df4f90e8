import { escapeText, shorten } from '../hover/escapeText';
import type { Mark } from '../marks/markTypes';
import type { Translate } from '../translate';
import type { FollowedWords } from './followedWords';
import { type Strength, strengthOf } from './strength';

/** How a range is marked: a shade, or, after an edit of the text, where a shade was. */
export type Look = Strength | 'stale' | 'kept' | 'keptStale';

/** Longest word that a message writes in full, in characters. */
const longestWord = 40;

/** What is marked for a kept token. @param text of the document as it is now */
export function decorationsOf(followed: FollowedWords, text: string, t: Translate): Mark<Look>[] {
  const { attended, kept, stale, words } = followed;
  const { side } = attended.kept;
  const label = shorten(attended.label, longestWord);
  const where = escapeText(stale ? t('{0}, before your edit', attended.map) : attended.map);
  const marks = words.flatMap(({ start, end, weight }): Mark<Look>[] => {
    const strength = strengthOf(weight);
    if (strength === null) return [];
    const word = shorten(text.slice(start, end), longestWord);
    const [query, key] = side === 'query' ? [label, word] : [word, label];
    const message = `$(eye) ${escapeText(query)} → ${escapeText(key)} **${weight.toFixed(4)}** · ${where}`;
    return [{ start, end, look: stale ? 'stale' : strength, message }];
  });
  if (!kept?.range) return marks;
  const meaning = side === 'query' ? t('What “{0}” attends to is shaded.', label) : t('What attends to “{0}” is shaded.', label);
  const message = `$(pinned) ${escapeText(meaning)} ${where} · ${escapeText(t('Esc clears'))}`;
  return [...marks, { ...kept.range, look: stale ? 'keptStale' : 'kept', message }];
}
