import { senseShape } from '../../lenses/senses/marks';
import type { Palette } from './palette';

/** How a sense is marked in text and on the map. */
export interface SenseMark {
  readonly character: string;
  /** SVG path data in a box from −6 to 6. */
  readonly path: string;
  readonly color: string;
}

/** The mark of the sense with this index; colours and shapes repeat out of step, so that 56 senses differ. */
export function senseMark(sense: number, palette: Palette): SenseMark {
  const { character, path } = senseShape(sense);
  return { character, path, color: palette.senses[sense % palette.senses.length]! };
}

/** The mark as an SVG element around (x, y), in pixels. */
export function markElement({ path, color }: SenseMark, x: number, y: number): string {
  return (
    `<path transform="translate(${pixel(x)} ${pixel(y)}) scale(0.9)" d="${path}" fill="${color}" fill-opacity="0.85"` +
    ` stroke="${color}" stroke-width="1.5" stroke-linejoin="round"/>`
  );
}

/** A coordinate with one decimal. */
export function pixel(value: number): string {
  return String(Math.round(value * 10) / 10);
}
