import type { NamedSense, SenseName, Senses } from '../../lenses/senses/contract';
import type { NearWord } from '../../lenses/vectors/nearestContract';
import type { Translate } from '../translate';
import { type CommandLink, commandUri, type LinkedRange } from './commandLinks';
import { escapeText, shorten } from './escapeText';
import type { Palette } from './palette';
import { type CardImage, senseMap } from './senseMap';
import { senseMark } from './senseMark';

/** Parts of a card, by their names in the settings. */
export const cardParts = ['meaning', 'substitutes', 'staticNeighbours', 'senses', 'map'] as const;
export type CardPart = (typeof cardParts)[number];

/** Whether a card needs the other occurrences of its word. */
export function comparesOccurrences(parts: readonly CardPart[]): boolean {
  return parts.includes('senses') || parts.includes('map');
}

/** What a card is about, and what it shows. */
export interface CardSubject {
  readonly word: string;
  readonly parts: readonly CardPart[];
  /** Of all occurrences for the groups and the map, else of the one under the pointer; null when no part needs any. */
  readonly senses: Senses | null;
  /** Words nearest by the static vector; null for a word that has none, absent when they are not shown. */
  readonly staticNeighbours?: readonly NearWord[] | null;
  /** Index of the occurrence under the pointer. */
  readonly current: number;
  /** Line of each occurrence, from 1. */
  readonly lines: readonly number[];
  /** Occurrences in the document. */
  readonly total: number;
  /** Whether there may be more of them: of a frequent word in a long document, those nearby are counted only. */
  readonly hasMore: boolean;
  /** How much is off in the model that answered; 0 where it is not given. */
  readonly off?: number;
  /** The word in its document, for the links. */
  readonly range: LinkedRange;
}

const shownSenses = 4;
const shownLines = 6;
/** Spaces in the longest bar; one is about 3.5 px wide. */
const barSpaces = 20;

/**
 * The hover card as Markdown with HTML. Needs `supportHtml`, `supportThemeIcons` and trust in the commands of its
 * links; every text from the document or the model is escaped.
 */
export function hoverCard(subject: CardSubject, palette: Palette, t: Translate): string {
  const { senses, parts, staticNeighbours } = subject;
  const shows = (part: CardPart): boolean => parts.includes(part);
  const map = senses && shows('map') && readable(senses) > 1 ? senseMap(senses, subject.current, palette, t) : null;
  // What the word is like here stands beside what its static vector says of it everywhere.
  const cells = [
    ...(senses && shows('substitutes') ? [substituteTable(senses, palette, t)] : []),
    ...(staticNeighbours === undefined ? [] : [staticTable(staticNeighbours, t)]),
    ...(map ? [image(map)] : []),
  ].map((cell) => `<td>${cell}</td>`);
  // One paragraph each, from what is so here to what is so in the whole document.
  return [
    [`${headline(subject, t)} &nbsp; ${links(subject.range, t)}`, ...(senses && shows('meaning') ? meaningLine(senses.names[subject.current] ?? null, t) : [])].join('<br>'),
    ...(cells.length > 0 ? [`<table><tr>${cells.join('')}</tr></table>`] : []),
    ...(senses && shows('senses') ? senseLines(subject, senses, palette, t) : []),
  ].join('\n\n');
}

/** One quiet line in place of a card that could not be made. */
export function failureLine(message: string, t: Translate): string {
  return `$(info) ${escapeText(t('Headlight: {0}', message))}`;
}

function readable(senses: Senses): number {
  return senses.occurrences.filter((occurrence) => occurrence !== null).length;
}

function headline({ word, senses, parts, total, hasMore, off = 0 }: CardSubject, t: Translate): string {
  const compares = comparesOccurrences(parts);
  const compared = senses ? senses.occurrences.length - senses.left : 0;
  const says = [
    total === 1
      ? t('occurs only once in this document')
      : !compares || !senses || compared < 2
        ? hasMore ? t('occurs more than {0} times in this document', total) : t('occurs {0} times in this document', total)
        : senses.senses.length === 1
          ? t('one sense in {0} occurrences', compared)
          : t('{0} senses in {1} occurrences', senses.senses.length, compared),
    ...(compares && compared > 1 && compared < total ? [hasMore ? t('the nearest of more than {0}', total) : t('the nearest of {0}', total)] : []),
    ...(compares && senses && senses.left > 0 ? [t('the others are being read')] : []),
    ...(senses && off > 0 ? [t('with {0} of the model off', off)] : []),
  ];
  return `**${escapeText(shorten(word, 40))}** · ${says.map(escapeText).join(' · ')}`;
}

/** What the word most likely means here, in WordNet's words; nothing where the model has no dictionary that lists it. */
function meaningLine(name: SenseName | null, t: Translate): string[] {
  const [first, second] = name?.senses ?? [];
  if (!name || !first) return [];
  const says = name.clear ? t('Most likely:') : t('Meaning not clear, at most:');
  const likely = name.clear ? `<b>${escapeText(says)}</b>` : escapeText(says);
  const say = ({ probability }: NamedSense, gloss: string): string => `${escapeText(gloss)} ${percent(probability)}`;
  const room = meaningLength - says.length;
  if (!second || second.probability < 0.05) return [`${likely} ${say(first, shortenAtWord(first.gloss, room))}`];
  const [own, other] = [first, second].map(({ gloss }) => withoutBrackets(gloss)) as [string, string];
  const firstGloss = shortenAtWord(own, room - Math.min(other.length, nextLength));
  return [`${likely} ${say(first, firstGloss)} · ${escapeText(t('next:'))} ${say(second, shortenAtWord(other, room - firstGloss.length))}`];
}

/** Letters of the line of meanings beside their probabilities: more make two lines, and push the last of three senses out of sight. */
const meaningLength = 76;
/** Least of them for the next best. */
const nextLength = 24;

/** Without the word that it is cut in. */
const shortenAtWord = (text: string, length: number): string => shorten(text, length).replace(/\s+\S*…$/, '…');

/** "a growth of similar plants (usually trees) in a particular area" is as clear without what stands in brackets. */
const withoutBrackets = (gloss: string): string => gloss.replace(/\s*\([^()]*\)/g, '').trim() || gloss;

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
  return `${escapeText(t('Here, by {0} on {1}:', shorten(model.name, 24), model.device))}<table>${rows.join('')}</table>`;
}

/** A probability with two significant digits, in percent. */
export function percent(probability: number): string {
  const value = probability * 100;
  return value < 0.1 ? '&lt;0.1&nbsp;%' : `${value >= 9.95 ? value.toFixed(0) : value.toFixed(1)}&nbsp;%`;
}

/** What the word lies near whatever its sentence says: one vector stands for all of its senses. */
function staticTable(words: readonly NearWord[] | null, t: Translate): string {
  const near = words ? words.map(({ token }) => shorten(token, 14)) : [t('(unknown word)')];
  return `${escapeText(t('Anywhere (static):'))}<table>${near.map((text) => `<tr><td>${escapeText(text)}</td></tr>`).join('')}</table>`;
}

function senseLines({ current, lines, total, range }: CardSubject, senses: Senses, palette: Palette, t: Translate): string[] {
  const all = readable(senses);
  if (total === 1 || all < 2) return [];
  const here = senses.occurrences[current]?.sense;
  const shown = senses.senses.slice(0, shownSenses).map(({ size, substitutes }, sense) => {
    const mark = senseMark(sense, palette);
    const places = lines.filter((_, index) => senses.occurrences[index]?.sense === sense);
    const share = `${escapeText(t('{0}×', size))} ${percent(size / all)}`;
    const like = substitutes.length > 0 ? t('like {0}', substitutes.slice(0, 4).map((word) => shorten(word, 16)).join(', ')) : '';
    const text = [
      `${span(mark.character, `color:${mark.color};`)} ${sense === here ? `<b>${share}</b>` : share}`,
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
