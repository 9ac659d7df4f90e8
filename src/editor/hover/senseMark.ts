import type { Palette } from './palette';

/** Shapes that tell senses apart without colour, in the panel's order: a character for text, a path around 0,0 for maps. */
const shapes = [
  ['●', 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z'],
  ['▲', 'M0 -5L5 4H-5Z'],
  ['■', 'M-4 -4H4V4H-4Z'],
  ['◆', 'M0 -5.5L5.5 0L0 5.5L-5.5 0Z'],
  ['✚', 'M0 -5V5M-5 0H5'],
  ['✱', 'M0 -5V5M-5 0H5M-3.5 -3.5L3.5 3.5M-3.5 3.5L3.5 -3.5'],
  ['✖', 'M-4 -4L4 4M-4 4L4 -4'],
  ['▬', 'M-5 0H5'],
] as const;

/** How a sense is marked in text and on the map. */
export interface SenseMark {
  readonly character: string;
  /** SVG path data in a box from −6 to 6. */
  readonly path: string;
  readonly color: string;
}

/** The mark of the sense with this index; colours and shapes repeat out of step, so that 56 senses differ. */
export function senseMark(sense: number, palette: Palette): SenseMark {
  const [character, path] = shapes[sense % shapes.length]!;
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
