import { roundAxis } from './roundAxis';
import { header, margin } from './header';
import { font, fontSize, labelWidth, type PictureColors } from './mapPicture';
import { element, svgFile, type SvgElement } from './svg';

const [plotWidth, plotHeight] = [520, 260];
const lineHeight = 20;
const pointRadius = 3.5;

/** Numbers at the places of the horizontal axis, null where there is none. */
export interface PictureSeries {
  readonly name: string;
  readonly color: string;
  /** Lengths of dashes and gaps in pixels; empty for a line without gaps. */
  readonly dash: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface SeriesPicture {
  readonly title: string;
  readonly note: string;
  /** What stands along the axes. */
  readonly across: string;
  readonly up: string;
  readonly labels: readonly string[];
  readonly series: readonly PictureSeries[];
}

/** Lines over places side by side, with axes from 0 and a legend below; SVG. */
export function seriesPicture({ across, labels, note, series, title, up }: SeriesPicture, colors: PictureColors): string {
  const top = header({ title, note }, colors);
  const axis = roundAxis(Math.max(0, ...series.flatMap(({ values }) => values.filter((value) => value !== null))));
  const ticks = Array.from({ length: Math.round(axis.end / axis.step) + 1 }, (_, at) => Number((at * axis.step).toPrecision(12)));
  const left = margin + lineHeight + Math.max(...ticks.map((tick) => labelWidth(String(tick)))) + 8;
  const y0 = top.bottom + plotHeight;
  const x = (place: number): number => left + ((place + 0.5) / labels.length) * plotWidth;
  const y = (value: number): number => y0 - (value / axis.end) * plotHeight;
  const text = (content: string, attributes: Readonly<Record<string, string | number>>): SvgElement =>
    element('text', { ...font, fill: colors.muted, ...attributes }, content);
  // Labels that would run into each other are left out, evenly.
  const every = Math.max(1, Math.ceil((Math.max(0, ...labels.map(labelWidth)) + 8) / (plotWidth / labels.length)));
  const middle = top.bottom + plotHeight / 2;
  const legend = y0 + 3 * lineHeight;
  const width = Math.max(left + plotWidth, ...[title, note, ...series.map(({ name }) => `      ${name}`)].map((line) => margin + labelWidth(line))) + margin;
  return svgFile(width, legend + series.length * lineHeight + margin, title, [
    element('rect', { width: '100%', height: '100%', fill: colors.background }),
    ...top.elements,
    ...ticks.flatMap((tick) => [
      element('line', { x1: left, x2: left + plotWidth, y1: y(tick), y2: y(tick), stroke: colors.muted, 'stroke-opacity': tick === 0 ? 0.6 : 0.2 }),
      text(String(tick), { x: left - 8, y: y(tick) + fontSize / 3, 'text-anchor': 'end' }),
    ]),
    ...labels.flatMap((label, place) => (place % every === 0 ? [text(label, { x: x(place), y: y0 + lineHeight, 'text-anchor': 'middle' })] : [])),
    text(across, { x: left + plotWidth / 2, y: y0 + 2 * lineHeight, 'text-anchor': 'middle' }),
    text(up, { x: margin + fontSize, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 ${margin + fontSize} ${middle})` }),
    ...series.flatMap((one) => drawn(one, labels, x, y)),
    ...series.flatMap(({ color, dash, name }, at) => {
      const base = legend + (at + 0.5) * lineHeight;
      return [
        element('line', { x1: margin, x2: margin + 28, y1: base, y2: base, stroke: color, 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') }),
        text(name, { x: margin + 36, y: base + fontSize / 3, fill: colors.foreground }),
      ];
    }),
  ]);
}

/** Its stretches without a gap, and a point for each number. */
function drawn({ color, dash, name, values }: PictureSeries, labels: readonly string[], x: (place: number) => number, y: (value: number) => number): SvgElement[] {
  const points = values.flatMap((value, place) => (value === null ? [] : [{ place, value }]));
  const path = points.map(({ place, value }, at) => `${at > 0 && points[at - 1]!.place === place - 1 ? 'L' : 'M'}${x(place).toFixed(2)} ${y(value).toFixed(2)}`).join('');
  return [
    element('path', { d: path, fill: 'none', stroke: color, 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') }),
    ...points.map(({ place, value }) =>
      element('circle', { cx: x(place), cy: y(value), r: pointRadius, fill: color }, element('title', {}, `${name}, ${labels[place]!}: ${value.toPrecision(3)}`))),
  ];
}
