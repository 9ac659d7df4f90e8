import type { CandidateScore, MaskPredictions, Predictions } from '../lenses/predictions/contract';
import { formatPercent, formatWeight } from '../picture/numbers';
import { element, type SvgElement } from '../picture/svg';
import type { Token } from '../text/token';
import { excerpt, visibleText } from '../text/visibleText';
import { html } from './html';
import { staticPage } from './staticPage';

/** What a page of predictions shows. */
export interface PredictionsOfPage {
  readonly answer: Predictions;
  readonly text: string;
  readonly pair?: string;
  readonly temperature: number;
  /** File name and lines; empty for a text of no file. No path, since the page may be sent to others. */
  readonly label: string;
  readonly made: Date;
}

const blank = '▁▁▁';
/** Characters of the text in the page's title. */
const titled = 60;

/** What the model would put at masked places, as one HTML file without a script. */
export function predictionsPage(shown: PredictionsOfPage): string {
  const { answer, text } = shown;
  const longest = Math.max(...answer.masks.flatMap(({ predictions }) => predictions.map(({ probability }) => probability)), Number.MIN_VALUE);
  return staticPage(`${excerpt(text, titled)} – Headlight`, [
    html('h1', {}, 'What could stand there'),
    ...sourceOf(shown),
    settingsOf(shown),
    ...answer.masks.map((mask, at) => sectionOf(mask, at + 1, answer.tokens, longest)),
    html(
      'footer',
      {},
      html('p', {}, 'A masked token is hidden from the model, which then gives every entry of its vocabulary a probability of standing there; an entry that begins with ## continues a word. Entropy measures how undecided the model is: 0 bits for certainty, 1 bit for a fair coin. Devlin et al. 2019, “BERT: Pre-training of Deep Bidirectional Transformers”; Shannon 1948.'),
      html('p', {}, `Made on ${shown.made.toISOString().slice(0, 10)} with Headlight.`),
    ),
  ]);
}

/** The part of each text that was read, with numbered blanks at its masks. */
function sourceOf({ answer: { masks, tokens }, text, pair }: PredictionsOfPage): SvgElement[] {
  return [text, ...(pair === undefined ? [] : [pair])].map((content, segment) => {
    const own = tokens.filter((token) => !token.special && token.segment === segment);
    let at = own[0]?.start ?? 0;
    const parts = masks.flatMap(({ index }, number): (SvgElement | string)[] => {
      const token = tokens[index]!;
      if (token.segment !== segment) return [];
      const before = content.slice(at, token.start);
      at = token.end;
      return [before, html('mark', {}, html('sup', {}, String(number + 1)), blank)];
    });
    return html('p', { class: 'source', dir: 'auto' }, ...parts, content.slice(at, own.at(-1)?.end ?? 0));
  });
}

function settingsOf({ answer: { model, tokens, windowed }, temperature, label }: PredictionsOfPage): SvgElement {
  const settings = [
    ['Text', label],
    ['Model', `${model.name}, ${model.layers} layers of ${model.heads} heads, on ${model.device}`],
    ['Temperature', temperature === 1 ? '1.0, as the model says' : temperature.toFixed(1)],
    ['Tokens', String(tokens.length)],
    ['Window', windowed?.explanation ?? ''],
  ] as const;
  return html('dl', {}, ...settings.filter(([, value]) => value !== '').flatMap(([name, value]) => [html('dt', {}, name), html('dd', {}, value)]));
}

function sectionOf(mask: MaskPredictions, number: number, tokens: readonly Token[], longest: number): SvgElement {
  const near = (index: number): string => {
    const token = tokens[index];
    return token && !token.special ? visibleText(token.text) : '';
  };
  const { candidates, entropy, index, original, predictions } = mask;
  return html(
    'section',
    {},
    html('h2', {}, `${number}. ${near(index - 1)} ${blank} ${near(index + 1)}`.trim()),
    html('p', { class: 'muted' }, `Token ${index}, entropy ${formatWeight(entropy)} bits.`),
    html(
      'table',
      {},
      html('caption', {}, 'Most probable entries of the vocabulary'),
      headOf(['Rank', 'number'], ['Word', ''], ['Probability', 'number'], ['', '']),
      html(
        'tbody',
        {},
        ...predictions.map(({ probability, token }, at) =>
          html('tr', {}, numberCell(String(at + 1)), wordCell(token), numberCell(formatPercent(probability)), html('td', { class: 'measure' }, barOf(probability / longest))),
        ),
      ),
    ),
    ...(original || candidates.length > 0
      ? [
          html(
            'table',
            {},
            html('caption', {}, 'Words asked about'),
            headOf(['Rank', 'number'], ['Word', ''], ['Probability', 'number']),
            html(
              'tbody',
              {},
              ...(original ? [html('tr', {}, numberCell(rank(original.rank)), wordCell(original.token, 'stood here'), numberCell(formatPercent(original.probability)))] : []),
              ...candidates.map((candidate) =>
                html('tr', {}, numberCell(rank(candidate.rank)), wordCell(candidate.text, howScored(candidate)), numberCell(candidate.probability === null ? '–' : formatPercent(candidate.probability))),
              ),
            ),
          ),
        ]
      : []),
  );
}

/** Columns with their names and classes. */
function headOf(...columns: readonly (readonly [name: string, kind: string])[]): SvgElement {
  return html('thead', {}, html('tr', {}, ...columns.map(([name, kind]) => (name === '' ? html('td', {}) : html('th', { scope: 'col', ...(kind !== '' && { class: kind }) }, name)))));
}

function numberCell(text: string): SvgElement {
  return html('td', { class: 'number' }, text);
}

function wordCell(word: string, note = ''): SvgElement {
  return html('td', {}, html('span', { class: 'word' }, visibleText(word)), ...(note === '' ? [] : [html('span', { class: 'muted' }, ` · ${note}`)]));
}

/** A bar whose number stands beside it. @param share of the cell's width, 0–1 */
function barOf(share: number): SvgElement {
  return element('svg', { viewBox: '0 0 100 12', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, element('rect', { width: 100 * share, height: 12 }));
}

function rank(place: number | null): string {
  return place === null ? '–' : place.toLocaleString('en');
}

function howScored({ pieces, probability }: CandidateScore): string {
  if (probability === null) return 'holds characters that the vocabulary does not know';
  return pieces.length > 1 ? `${pieces.map(visibleText).join(' ')}: ${pieces.length} pieces, scored jointly` : '';
}
