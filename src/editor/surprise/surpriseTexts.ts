import { meanBits } from '../../lenses/predictions/meanBits';
import type { Surprise, WordSurprise } from '../../lenses/predictions/surpriseContract';
import { escapeText, shorten } from '../hover/escapeText';
import type { Translate } from '../translate';
import { levelStarts, surpriseLevels } from './surpriseLevel';

/** Longest expected word that is written in full, in characters. */
const longestWord = 30;

/** A probability as per cent with two significant digits. */
function percent(probability: number): string {
  const value = probability * 100;
  return value < 0.001 ? '< 0.001' : String(Number(value.toPrecision(2)));
}

/**
 * What the hover over a word says, as Markdown.
 * @param off how much of the model was off
 */
export function wordMessage({ bits, expected, rank }: WordSurprise, { stale, off }: { readonly stale: boolean; readonly off: number }, t: Translate): string {
  const words = expected.map(({ token, probability }) => `${escapeText(shorten(token, longestWord))} ${percent(probability)} %`).join(', ');
  const place = rank === null ? '' : ` · ${escapeText(t('place {0} of the vocabulary', rank.toLocaleString('en')))}`;
  return (
    `$(pulse) **${escapeText(t('{0} bits', bits.toFixed(1)))}** · ${percent(2 ** -bits)} %${place}` +
    `${stale ? ` · ${escapeText(t('before your edit'))}` : ''}${off > 0 ? ` · ${escapeText(t('with {0} of the model off', off))}` : ''}\n\n${escapeText(t('Expected here:'))} ${words}`
  );
}

/** The mean of all words as it is written: "4.6 bits a word". */
export function meanText({ words }: Surprise, t: Translate): string {
  return t('{0} bits a word', (meanBits(words) ?? 0).toFixed(1));
}

/** What the shades mean, as Markdown with the colours of the theme; `commands` are links. */
export function legend(surprise: Surprise, stale: boolean, t: Translate): string {
  const { model, unknown, words } = surprise;
  const shade = (level: (typeof surpriseLevels)[number]): string => {
    const next = surpriseLevels[surpriseLevels.indexOf(level) + 1];
    const bits = next ? `${levelStarts[level]}–${levelStarts[next]}` : `≥ ${levelStarts[level]}`;
    return `<span style="background-color:var(--vscode-headlight-surpriseBackground${level});">&nbsp;${bits}&nbsp;</span>`;
  };
  return [
    `**${escapeText(t('Surprise: {0}', meanText(surprise, t)))}** · ${escapeText(t('{0} words', words.length))}` +
      (unknown > 0 ? `, ${escapeText(t('{0} not in the vocabulary', unknown))}` : '') +
      (stale ? ` · ${escapeText(t('before your edit'))}` : ''),
    escapeText(
      t('How hard each word is to guess from the text around it, by {0} on {1}: 0 bits for a word that had to come, 1 for one of two, 10 for one of a thousand.', model.name, model.device),
    ),
    `${escapeText(t('Bits:'))} ${surpriseLevels.map(shade).join(' ')}`,
    `[${escapeText(t('Shade again'))}](command:headlight.shadeSurpriseAgain) · [${escapeText(t('Clear'))}](command:headlight.clearSurprise) (Esc)`,
  ].join('\n\n');
}
