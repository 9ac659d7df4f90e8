import type { MapPoint, Senses } from '../../lenses/senses/contract';
import type { Translate } from '../translate';
import { escapeText } from './escapeText';
import type { Palette } from './palette';
import { markElement, pixel, senseMark } from './senseMark';

/** A picture for a card, in pixels. */
export interface CardImage {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** What the picture shows, in words. */
  readonly description: string;
}

const panelWidth = 182;
const panelHeight = 80;
const gap = 10;
const titleHeight = 18;
const captionHeight = 20;
const margin = 11;
/** Marks closer than this, in pixels, count as one pile. */
const pileDistance = 6;

interface Spot {
  readonly x: number;
  readonly y: number;
}

/**
 * Two maps of the occurrences on one scale: by the embedding layer's vector, where a word is nearly one point,
 * and by the contextual vectors, where its senses part. The occurrence `current` is ringed.
 */
export function senseMap(senses: Senses, current: number, palette: Palette, t: Translate): CardImage {
  const width = 2 * panelWidth + gap;
  const height = titleHeight + panelHeight + captionHeight;
  const panels = [
    panel(0, t('Static vector (layer 0)'), (occurrence) => occurrence.static, senses.cosine.static),
    panel(panelWidth + gap, t('In context'), (occurrence) => occurrence, senses.cosine.contextual),
  ];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"` +
    ` font-family="system-ui, -apple-system, 'Segoe UI', Ubuntu, 'DejaVu Sans', sans-serif">` +
    `${panels.join('')}</svg>`;
  const description = t(
    'Map of {0} occurrences: side by side by static vector and in context. {1}; {2}.',
    senses.occurrences.length,
    cosineCaption(senses.cosine.static, t),
    cosineCaption(senses.cosine.contextual, t),
  );
  return { svg, width, height, description };

  function panel(
    left: number,
    title: string,
    pointOf: (occurrence: NonNullable<Senses['occurrences'][number]>) => MapPoint,
    cosine: CosinePair,
  ): string {
    const placed = senses.occurrences.flatMap((occurrence, index) =>
      occurrence === null ? [] : [{ index, sense: occurrence.sense, ...toSpot(pointOf(occurrence), left) }],
    );
    const marks = placed.map(({ sense, x, y }) => markElement(senseMark(sense, palette), x, y));
    const here = placed.find(({ index }) => index === current);
    const ring = here
      ? `<circle cx="${pixel(here.x)}" cy="${pixel(here.y)}" r="9" fill="none" stroke="${palette.foreground}" stroke-width="1.8"/>`
      : '';
    const counts = piles(placed)
      .filter(({ count }) => count > 2)
      .map(({ x, y, count }) => {
        // To the right of the pile, unless another mark lies there.
        const crowded = placed.some((spot) => spot.x > x + pileDistance && spot.x < x + 34 && Math.abs(spot.y - y) < 16);
        const [at, anchor] = crowded ? [x - 12, 'end'] as const : [x + 12, 'start'] as const;
        return label(at, y - 6, `×${count}`, palette.foreground, { anchor });
      });
    return (
      `<rect x="${left + 0.5}" y="${titleHeight + 0.5}" width="${panelWidth - 1}" height="${panelHeight - 1}" rx="3" fill="none" stroke="${palette.frame}"/>` +
      label(left + 1, 12, title, palette.foreground) +
      marks.join('') +
      ring +
      counts.join('') +
      label(left + 1, titleHeight + panelHeight + 14, cosineCaption(cosine, t), palette.muted, { size: 10 })
    );
  }
}

type CosinePair = Senses['cosine']['static'];

/** Mean cosines in words: `cosine 0.81 within, 0.42 between senses`. */
export function cosineCaption({ within, between }: CosinePair, t: Translate): string {
  if (within !== null && between !== null) {
    return t('cosine {0} within, {1} between', cosine(within), cosine(between));
  }
  const only = within ?? between;
  return only === null ? t('no pair to compare') : t('mean cosine {0}', cosine(only));
}

function cosine(value: number): string {
  return value.toFixed(2).replace('-', '−');
}

function toSpot(point: MapPoint, left: number): Spot {
  const along = (value: number, size: number): number =>
    margin + ((Math.max(-1, Math.min(1, value)) + 1) / 2) * (size - 2 * margin);
  return { x: left + along(point.x, panelWidth), y: titleHeight + along(-point.y, panelHeight) };
}

function piles(spots: readonly Spot[]): (Spot & { count: number })[] {
  const found: (Spot & { count: number })[] = [];
  for (const spot of spots) {
    const pile = found.find(({ x, y }) => Math.hypot(x - spot.x, y - spot.y) < pileDistance);
    if (pile) {
      pile.count += 1;
    } else {
      found.push({ x: spot.x, y: spot.y, count: 1 });
    }
  }
  return found;
}

function label(
  x: number,
  y: number,
  text: string,
  color: string,
  { size = 11, anchor = 'start' }: { readonly size?: number; readonly anchor?: 'start' | 'end' } = {},
): string {
  return `<text x="${pixel(x)}" y="${pixel(y)}" fill="${color}" font-size="${size}" text-anchor="${anchor}">${escapeText(text)}</text>`;
}
