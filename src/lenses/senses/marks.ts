/**
 * Shapes that tell senses apart without colour, the same on the hover card, in lists and on maps: the name of Chart.js's
 * point style, a character for text, and SVG path data in a box from −6 to 6.
 */
export const senseShapes = [
  { name: 'circle', character: '●', path: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z' },
  { name: 'triangle', character: '▲', path: 'M0 -5L5 4H-5Z' },
  { name: 'rect', character: '■', path: 'M-4 -4H4V4H-4Z' },
  { name: 'rectRot', character: '◆', path: 'M0 -5.5L5.5 0L0 5.5L-5.5 0Z' },
  { name: 'cross', character: '✚', path: 'M0 -5V5M-5 0H5' },
  { name: 'star', character: '✱', path: 'M0 -5V5M-5 0H5M-3.5 -3.5L3.5 3.5M-3.5 3.5L3.5 -3.5' },
  { name: 'crossRot', character: '✖', path: 'M-4 -4L4 4M-4 4L4 -4' },
  { name: 'dash', character: '▬', path: 'M-5 0H5' },
] as const;

export type SenseShape = (typeof senseShapes)[number];

/** The shape of sense `index`, from 0; shapes repeat after the last. */
export function senseShape(index: number): SenseShape {
  return senseShapes[index % senseShapes.length]!;
}
