import { header, margin } from './header';
import { font, fontSize, labelWidth, type PictureColors, shortLabel } from './mapPicture';
import { element, svgFile } from './svg';

const side = 420;
const lineHeight = 20;
/** Longest label of a group, in characters. */
const longestLabel = 60;

/** Points of one look. */
export interface PointGroup {
  readonly label: string;
  /** SVG path data of the marker, in a box from −6 to 6. */
  readonly path: string;
  readonly color: string;
  /** Written in the middle of its markers, which are empty then. */
  readonly text?: string;
  /** From about −1 to 1 in both directions, y upwards; `title` is what a pointer over it tells. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly title: string }[];
}

export interface PointsPicture {
  readonly title: string;
  readonly note: string;
  readonly groups: readonly PointGroup[];
}

/** Points on a square, and below it what the markers mean; SVG. */
export function pointsPicture({ title, note, groups }: PointsPicture, colors: PictureColors): string {
  const top = header({ title, note }, colors);
  const mark = ({ color, path, text }: PointGroup, x: number, y: number, tooltip?: string) => [
    element(
      'path',
      { d: path, transform: `translate(${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100})`, fill: text === undefined ? color : colors.background, stroke: color, 'stroke-width': text === undefined ? 2 : 1.5, 'stroke-linejoin': 'round' },
      ...(tooltip === undefined ? [] : [element('title', {}, tooltip)]),
    ),
    ...(text === undefined ? [] : [element('text', { x, y: y + 3.5, ...font, 'font-size': 10, 'text-anchor': 'middle', 'pointer-events': 'none', fill: color }, text)]),
  ];
  const reach = Math.max(1, ...groups.flatMap(({ points }) => points.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)])));
  const place = (value: number): number => ((value / (1.15 * reach) + 1) / 2) * side;
  const legend = top.bottom + side + 12;
  const labels = groups.map(({ label }) => shortLabel(label, longestLabel));
  const width = Math.max(side, ...[title, note].map(labelWidth), ...labels.map((label) => 20 + labelWidth(label))) + 2 * margin;
  return svgFile(width, legend + groups.length * lineHeight + margin, title, [
    element('rect', { width: '100%', height: '100%', fill: colors.background }),
    ...top.elements,
    element('rect', { x: margin, y: top.bottom, width: side, height: side, rx: 4, fill: 'none', stroke: colors.muted, 'stroke-opacity': 0.4 }),
    ...groups.flatMap((group) =>
      group.points.flatMap(({ x, y, title: tooltip }) => mark(group, margin + place(x), top.bottom + place(-y), tooltip)),
    ),
    ...groups.flatMap((group, at) => {
      const y = legend + (at + 0.5) * lineHeight;
      return [...mark(group, margin + 6, y), element('text', { x: margin + 20, y: y + fontSize / 3, ...font, fill: colors.foreground }, labels[at]!)];
    }),
  ]);
}
