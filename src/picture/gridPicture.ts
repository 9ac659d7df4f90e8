import { encode } from 'fast-png';
import { parseColor } from './color';
import { header, margin } from './header';
import { font, type PictureColors, shortLabel } from './mapPicture';
import { element, svgFile, type SvgElement } from './svg';

/** All heads as the reader sees them, ready to be drawn. */
export interface GridPicture {
  /** In the order in which they are drawn, row by row. */
  readonly cells: readonly GridCell[];
  /** Cells of a row. */
  readonly columns: number;
  /** Whether rows are layers and columns heads, which then need no names of their own. */
  readonly byLayer: boolean;
  /** Largest weight of all, for a common scale. */
  readonly max: number;
  readonly title: string;
  readonly note: string;
}

/** One head. */
export interface GridCell {
  readonly layer: number;
  readonly head: number;
  /** `[rows, columns]`, 0–1 */
  readonly weights: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** What it does, in a few words; may be empty. */
  readonly label: string;
  /** Left in the background, since it does not do what the reader looks for. */
  readonly dimmed: boolean;
}

const quoted = 100;

/** What a grid by layer shows. */
export function gridTitle(model: string): string {
  return `${model} · all heads, rows: layers, columns: heads`;
}

/** The beginning of a text, in one line. */
export function firstWords(text: string): string {
  return shortLabel(text.replace(/\s+/g, ' ').trim(), quoted);
}

const cellSize = 104;
const gap = 6;
const labelSize = 9;
const labelLine = 10;
/** Pixels of a thumbnail's image for one of the picture's: not every program draws large pixels with sharp edges. */
const sharpness = 2;
/** Characters of a label that fit below a cell. */
const labelLength = 19;
const legendWidth = 120;

/** Thumbnails of all heads with their names, and the scale of their colours; SVG. */
export function gridPicture(picture: GridPicture, colors: PictureColors, levelOf: (weight: number, max: number) => number): string {
  const { cells, columns, byLayer, max, title } = picture;
  const top = header(picture, colors);
  const left = margin + (byLayer ? 24 : 0);
  const y0 = top.bottom + (byLayer ? 18 : 0);
  const rows = Math.ceil(cells.length / columns);
  const rowHeight = cellSize + 2 * labelLine + gap;
  const columnAt = (column: number): number => left + column * (cellSize + gap);
  const rowAt = (row: number): number => y0 + row * rowHeight;
  const palette = Array.from({ length: 256 }, (_, at): [number, number, number] => {
    const { r, g, b } = parseColor(colors.ramp(at / 255)) ?? { r: at, g: at, b: at };
    return [Math.round(r), Math.round(g), Math.round(b)];
  });
  const named = { ...font, fill: colors.muted };
  const heads = cells.map((cell, at): SvgElement => {
    const [x, y] = [columnAt(at % columns), rowAt(Math.floor(at / columns))];
    const lines = `${byLayer ? '' : `${cell.layer}.${cell.head} `}${cell.label}`.trim().split(/(?<=:) /);
    return element(
      'g',
      cell.dimmed ? { opacity: 0.3 } : {},
      element('title', {}, `Layer ${cell.layer}, head ${cell.head}${cell.label === '' ? '' : `: ${cell.label}`}`),
      element('image', { x, y, width: cellSize, height: cellSize, preserveAspectRatio: 'none', href: thumbnail(cell, max, palette, levelOf) }),
      element('rect', { x: x - 0.5, y: y - 0.5, width: cellSize + 1, height: cellSize + 1, fill: 'none', stroke: colors.muted, 'stroke-opacity': 0.4 }),
      ...lines.map((line, row) => element('text', { x, y: y + cellSize + (row + 1) * labelLine, ...named, 'font-size': labelSize }, shortLabel(line, labelLength))),
    );
  });
  const headers = byLayer
    ? [
        ...Array.from({ length: columns }, (_, head) => element('text', { x: columnAt(head) + cellSize / 2, y: y0 - 6, ...named, 'text-anchor': 'middle' }, String(head))),
        ...Array.from({ length: rows }, (_, layer) => element('text', { x: left - 8, y: rowAt(layer) + cellSize / 2 + 4, ...named, 'text-anchor': 'end' }, String(layer))),
      ]
    : [];
  const bottom = rowAt(rows);
  return svgFile(columnAt(columns) - gap + margin, bottom + 22 + margin, title, [
    element('rect', { width: '100%', height: '100%', fill: colors.background }),
    ...top.elements,
    ...headers,
    ...heads,
    ...legend(left, bottom + 8, max, colors, palette),
  ]);
}

/** A head as pixels: a colour of the palette for each weight. */
function thumbnail({ weights, rows, columns }: GridCell, max: number, palette: [number, number, number][], levelOf: (weight: number, max: number) => number): string {
  const scaleTo = (side: number): number => Math.max(1, Math.ceil((cellSize * sharpness) / side));
  const [across, down] = [scaleTo(columns), scaleTo(rows)];
  const [width, height] = [columns * across, rows * down];
  const levels = Uint8Array.from(weights, (weight) => Math.round(levelOf(weight, max) * 255));
  const data = Uint8Array.from({ length: width * height }, (_, at) => levels[Math.floor(at / width / down) * columns + Math.floor((at % width) / across)]!);
  return pngUrl(encode({ width, height, data, depth: 8, channels: 1, palette }));
}

/** The scale from 0 to the largest weight. */
function legend(x: number, y: number, max: number, colors: PictureColors, palette: [number, number, number][]): SvgElement[] {
  const strip = pngUrl(encode({ width: 256, height: 1, data: Uint8Array.from({ length: 256 }, (_, at) => at), depth: 8, channels: 1, palette }));
  const text = { y: y + 11, ...font, fill: colors.muted };
  return [
    element('text', { x, ...text }, '0'),
    element('image', { x: x + 14, y: y + 2, width: legendWidth, height: 10, preserveAspectRatio: 'none', href: strip }),
    element('text', { x: x + 20 + legendWidth, ...text }, `${max.toFixed(2)} weight, square-root scale`),
  ];
}

function pngUrl(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(binary)}`;
}
