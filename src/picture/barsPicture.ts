import { header, margin } from './header';
import { font, fontSize, labelWidth, type PictureColors, shortLabel } from './mapPicture';
import { element, svgFile, type SvgElement } from './svg';

const barHeight = 14;
const lineHeight = 20;
const longestBar = 240;
/** Between a bar and the text behind it. */
const textGap = 6;

/** Bars under a heading, each with its share of 1. */
export interface BarGroup {
  readonly heading: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly text: string }[];
}

export interface BarsPicture {
  readonly title: string;
  readonly note: string;
  readonly groups: readonly BarGroup[];
}

/** Groups of horizontal bars one below the other, to one scale; SVG. */
export function barsPicture({ title, note, groups }: BarsPicture, colors: PictureColors): string {
  const top = header({ title, note }, colors);
  const all = groups.flatMap(({ bars }) => bars);
  const left = margin + Math.max(0, ...all.map(({ label }) => labelWidth(shortLabel(label)))) + 8;
  const longest = Math.max(Number.MIN_VALUE, ...all.map(({ value }) => value));
  let y = top.bottom;
  const drawn = groups.flatMap(({ bars, heading }): SvgElement[] => {
    const elements = [element('text', { x: margin, y: y + fontSize, ...font, 'font-weight': 'bold', fill: colors.foreground }, heading)];
    y += lineHeight;
    for (const { label, text, value } of bars) {
      const base = y + lineHeight / 2 + fontSize / 3;
      const width = (value / longest) * longestBar;
      elements.push(
        element('text', { x: left - 8, y: base, ...font, 'text-anchor': 'end', fill: colors.foreground, 'xml:space': 'preserve' }, shortLabel(label)),
        element('rect', { x: left, y: y + (lineHeight - barHeight) / 2, width, height: barHeight, rx: 2, fill: colors.data }),
        element('text', { x: left + width + textGap, y: base, ...font, fill: colors.foreground }, text),
      );
      y += lineHeight;
    }
    y += lineHeight / 2;
    return elements;
  });
  const reach = all.map(({ text, value }) => (value / longest) * longestBar + textGap + labelWidth(text));
  const written = [title, note, ...groups.map(({ heading }) => heading)].map((line) => margin + labelWidth(line));
  const width = Math.max(left + Math.max(longestBar, ...reach), ...written) + margin;
  return svgFile(width, y + margin, title, [
    element('rect', { width: '100%', height: '100%', fill: colors.background }),
    ...top.elements,
    ...drawn,
  ]);
}
