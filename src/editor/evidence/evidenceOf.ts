import type { ShadedEvidence } from '../../panel/contract';
import { escapeText, shorten } from '../hover/escapeText';
import type { Mark } from '../marks/markTypes';
import type { Translate } from '../translate';
import { type Strength, strengthOf } from './strength';

/** For the class, or against it, and how strongly. */
export type Look = `for${Strength}` | `against${Strength}`;

/** Longest label or word that a message writes in full, in characters. */
const longestName = 40;

/** What is marked for some evidence. @param text of the document, in whose offsets the words are */
export function evidenceMarks({ label, words }: ShadedEvidence, text: string, t: Translate): Mark<Look>[] {
  const most = Math.max(...words.map(({ logit }) => Math.abs(logit)), Number.MIN_VALUE);
  const name = shorten(label, longestName);
  return words.flatMap(({ end, logit, probability, start }): Mark<Look>[] => {
    const strength = strengthOf(logit, most);
    if (strength === null || end <= start) return [];
    const word = shorten(text.slice(start, end), longestName);
    const says = logit > 0 ? t('“{0}” speaks for {1}', word, name) : t('“{0}” speaks against {1}', word, name);
    const numbers = probability === null
      ? `**${signed(logit, 2)}**`
      : `**${signed(logit, 2)}** ${escapeText(t('log-odds'))} · ${signed(probability * 100, 1)} ${escapeText(t('points of probability'))}`;
    const message = `$(tag) ${escapeText(says)}: ${numbers} · ${escapeText(t('Esc clears'))}`;
    return [{ start, end, look: `${logit > 0 ? 'for' : 'against'}${strength}`, message }];
  });
}

function signed(value: number, digits: number): string {
  return `${value > 0 ? '+' : '−'}${Math.abs(value).toFixed(digits)}`;
}
