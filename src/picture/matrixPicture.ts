import { header, margin } from './header';
import { font, fontSize, labelWidth, type MapPicture, type PictureColors, shortLabel } from './mapPicture';
import { element, svgFile } from './svg';

const cell = 20;

/** A square for each weight, rows look at columns; SVG. */
export function matrixPicture(picture: MapPicture, colors: PictureColors, levelOf: (weight: number, max: number) => number): string {
  const { queries, keys, weights, max, title, parts } = picture;
  const top = header(picture, colors);
  const left = margin + Math.max(...queries.map((label) => labelWidth(shortLabel(label)))) + 8;
  const labels = Math.max(...keys.map((label) => labelWidth(shortLabel(label)))) + 8;
  const y0 = top.bottom + labels;
  const squares = Array.from(weights, (weight, at) => {
    const [row, column] = [Math.floor(at / keys.length), at % keys.length];
    const shade = levelOf(weight, max);
    // Of several maps the hue tells which the largest weight is of.
    const fill = parts
      ? { fill: parts.reduce((best, part) => (part.weights[at]! > best.weights[at]! ? part : best)).color, 'fill-opacity': shade }
      : { fill: colors.ramp(shade) };
    return element(
      'rect',
      { x: left + column * cell, y: y0 + row * cell, width: cell, height: cell, ...fill },
      element('title', {}, `${queries[row]!} → ${keys[column]!} ${weight.toFixed(3)}`),
    );
  });
  return svgFile(left + keys.length * cell + margin, y0 + queries.length * cell + margin, title, [
    element('rect', { width: '100%', height: '100%', fill: colors.background }),
    ...top.elements,
    ...queries.map((label, row) =>
      element('text', { x: left - 8, y: y0 + (row + 0.5) * cell + fontSize / 3, ...font, 'text-anchor': 'end', fill: colors.foreground, 'xml:space': 'preserve' }, shortLabel(label)),
    ),
    ...keys.map((label, column) => {
      const [x, y] = [left + (column + 0.5) * cell + fontSize / 3, y0 - 8];
      return element('text', { x, y, transform: `rotate(-90 ${x} ${y})`, ...font, fill: colors.foreground, 'xml:space': 'preserve' }, shortLabel(label));
    }),
    element('g', { 'shape-rendering': 'crispEdges', stroke: colors.muted, 'stroke-opacity': 0.15 }, ...squares),
  ]);
}
