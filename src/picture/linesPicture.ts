import { header, margin } from './header';
import { font, labelWidth, type MapPicture, type PictureColors, shortLabel } from './mapPicture';
import { element, svgFile, type SvgElement } from './svg';

const rowHeight = 20;
const span = 240;
/** Lines fainter than this are not seen, and would only make the file large. */
const faintest = 0.005;

/** Query tokens at the left, key tokens at the right, a line for each weight, wider and stronger for larger ones; SVG. */
export function linesPicture(picture: MapPicture, colors: PictureColors): string {
  const { queries, keys, title } = picture;
  const parts = picture.parts ?? [{ color: colors.data, weights: picture.weights }];
  const top = header(picture, colors);
  const [left, right] = [queries, keys].map((labels) => Math.max(40, ...labels.map((label) => labelWidth(shortLabel(label)))));
  const from = margin + left! + 8;
  const to = from + span;
  const middle = (row: number): number => top.bottom + rowHeight * (row + 1.5);
  const column = (labels: readonly string[], x: number, anchor: 'start' | 'end', name: string): SvgElement[] => [
    element('text', { x, y: middle(-1) + 4, ...font, 'text-anchor': anchor, fill: colors.muted }, name),
    ...labels.map((label, row) =>
      element('text', { x, y: middle(row) + 4, ...font, 'text-anchor': anchor, fill: colors.foreground, 'xml:space': 'preserve' }, shortLabel(label)),
    ),
  ];
  const edges = parts
    .flatMap(({ weights, color }) => Array.from(weights, (weight, at) => ({ weight, color, query: Math.floor(at / keys.length), key: at % keys.length })))
    .filter(({ weight }) => weight >= faintest)
    .sort((a, b) => a.weight - b.weight)
    .map(({ weight, color, query, key }) => {
      const [y0, y1] = [middle(query), middle(key)];
      return element('path', {
        d: `M${from} ${y0}C${from + span * 0.4} ${y0} ${from + span * 0.6} ${y1} ${to} ${y1}`,
        'stroke-width': 0.5 + 3.5 * Math.min(1, weight),
        'stroke-opacity': 0.01 + 0.99 * Math.min(1, weight) ** 0.8,
        stroke: color,
      });
    });
  const width = to + 8 + right! + margin;
  const height = middle(Math.max(queries.length, keys.length)) + margin;
  return svgFile(width, height, title, [
    element('rect', { width: '100%', height: '100%', fill: colors.background }),
    ...top.elements,
    element('g', { fill: 'none' }, ...edges),
    ...column(queries, from - 8, 'end', 'query'),
    ...column(keys, to + 8, 'start', 'key'),
  ]);
}
