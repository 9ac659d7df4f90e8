import type { Senses } from '../../lenses/senses/contract';
import type { Translate } from '../translate';
import { type CommandLink, commandUri, type LinkedRange } from './commandLinks';
import { escapeText, shorten } from './escapeText';
import type { Palette } from './palette';
import { type CardImage, senseMap } from './senseMap';
import { senseMark } from './senseMark';

/** What a card is about. */
export interface CardSubject {
  readonly senses: Senses;
  /** Index of the occurrence under the pointer. */
  readonly current: number;
  /** Line of each occurrence, from 1. */
  readonly lines: readonly number[];
  /** Occurrences in the whole document. */
  readonly total: number;
  /** The word in its document, for the links. */
  readonly range: LinkedRange;
}

const shownSenses = 4;
const shownLines = 6;
/** Spaces in the longest bar; one is about 3.5 px wide. */
const barSpaces = 22;

/**
 * The hover card as Markdown with HTML. Needs `supportHtml`, `supportThemeIcons` and trust in the commands of its
 * links; every text from the document or the model is escaped.
 */
export function hoverCard(subject: CardSubject, palette: Palette, t: Translate): string {
  const map = readable(subject.senses) > 1 ? senseMap(subject.senses, subject.current, palette, t) : null;
  const cells = [substituteTable(subject.senses, palette, t), ...(map ? [image(map)] : [])].map((cell) => `<td>${cell}</td>`);
  return [
    `${headline(subject, t)} &nbsp; ${links(subject.range, t)}`,
    `<table><tr>${cells.join('')}</tr></table>`,
    ...senseLines(subject, palette, t),
  ].join('\n\n');
}

/** One quiet line in place of a card that could not be made. */
export function failureLine(message: string, t: Translate): string {
  return `$(info) ${escapeText(t('Headlight: {0}', message))}`;
}

function readable(senses: Senses): number {
  return senses.occurrences.filter((occurrence) => occurrence !== null).length;
}

function headline({ senses, total }: CardSubject, t: Translate): string {
  const compared = senses.occurrences.length;
  const parts = [
    total === 1
      ? t('occurs only once in this document')
      : senses.senses.length === 1
        ? t('one sense in {0} occurrences', compared)
        : t('{0} senses in {1} occurrences', senses.senses.length, compared),
    ...(compared < total ? [t('the nearest of {0}', total)] : []),
  ];
  return `**${escapeText(shorten(senses.word, 40))}** · ${parts.map(escapeText).join(' · ')}`;
}

function substituteTable({ model, substitutes }: Senses, palette: Palette, t: Translate): string {
  if (substitutes === null) return escapeText(t('{0} has no masked-word head: no substitutes.', model.name));
  const most = Math.max(...substitutes.map(({ probability }) => probability), Number.MIN_VALUE);
  const rows = substitutes.map(({ token, probability }) => {
    const bar = '&nbsp;'.repeat(Math.max(1, Math.round((probability / most) * barSpaces)));
    return (
      `<tr><td>${escapeText(shorten(token, 18))}</td>` +
      `<td>${span(bar, `background-color:${palette.bar};`)}&nbsp;${percent(probability)}</td></tr>`
    );
  });
  return `${escapeText(t('Here {0} on {1} would also write:', model.name, model.device))}<table>${rows.join('')}</table>`;
}

/** A probability with two significant digits, in percent. */
export function percent(probability: number): string {
  const value = probability * 100;
  return value < 0.1 ? '&lt;0.1&nbsp;%' : `${value >= 9.95 ? value.toFixed(0) : value.toFixed(1)}&nbsp;%`;
}

function senseLines({ senses, current, lines, total, range }: CardSubject, palette: Palette, t: Translate): string[] {
  if (total === 1) return [];
  const here = senses.occurrences[current]?.sense;
  const shown = senses.senses.slice(0, shownSenses).map(({ size, substitutes }, sense) => {
    const mark = senseMark(sense, palette);
    const places = lines.filter((_, index) => senses.occurrences[index]?.sense === sense);
    const count = t('{0}×', size);
    const like = substitutes.length > 0 ? t('like {0}', substitutes.slice(0, 4).map((word) => shorten(word, 16)).join(', ')) : '';
    const text = [
      `${span(mark.character, `color:${mark.color};`)} ${sense === here ? `<b>${escapeText(count)}</b>` : escapeText(count)}`,
      ...(like ? [escapeText(like)] : []),
      lineList(places, range.uri, t),
    ];
    return text.join(' · ');
  });
  const more = senses.senses.length - shownSenses;
  const notes = [
    ...(more > 0 ? [t('and {0} more senses', more)] : []),
    ...(senses.calibrated ? [] : [t('Grouping is not calibrated for this model.')]),
  ];
  return [[...shown, ...notes.map(escapeText)].join('<br>')];
}

function lineList(places: readonly number[], uri: string, t: Translate): string {
  const shown = places.slice(0, shownLines).map((line) => `<a href="${escapeText(`${uri}#L${line}`)}">${line}</a>`);
  const list = `${shown.join(', ')}${places.length > shownLines ? ', …' : ''}`;
  return `${escapeText(places.length === 1 ? t('line') : t('lines'))} ${list}`;
}

function links(range: LinkedRange, t: Translate): string {
  const link = (icon: string, title: string, command: CommandLink): string =>
    `<a href="${commandUri(command, range)}">$(${icon}) ${escapeText(title)}</a>`;
  return [
    link('eye', t('Show Attention'), 'headlight.hover.attention'),
    link('sparkle', t('Predict Here'), 'headlight.hover.predict'),
    link('group-by-ref-type', t('Open in Panel'), 'headlight.hover.senses'),
  ].join(' &nbsp; ');
}

function image({ svg, width, height, description }: CardImage): string {
  const data = Buffer.from(svg, 'utf8').toString('base64');
  return `<img src="data:image/svg+xml;base64,${data}" width="${width}" height="${height}" alt="${escapeText(description)}">`;
}

/** VS Code keeps a span's style only in its own form: colours, then display and radius, no spaces, `;` after each. */
function span(content: string, color: string): string {
  const shape = color.startsWith('background-color:') ? 'display:inline-block;border-radius:2px;' : '';
  return `<span style="${color}${shape}">${content}</span>`;
}
