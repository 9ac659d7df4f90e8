import { type SenseShape, senseShape } from '../../src/lenses/senses/marks';

/**
 * Okabe and Ito's colours ("Color Universal Design", 2008), ordered so that neighbours differ in lightness too.
 * Black, which a dark theme swallows, is left out.
 */
export const qualitativeColors = ['#e69f00', '#56b4e9', '#009e73', '#cc79a7', '#0072b2', '#d55e00', '#f0e442'] as const;

export interface Marker {
  readonly shape: SenseShape;
  readonly color: string;
}

/** The marker of group `index`; colours and shapes repeat out of step, so that 56 groups differ. */
export function markerOf(index: number): Marker {
  return {
    shape: senseShape(index),
    color: qualitativeColors[index % qualitativeColors.length]!,
  };
}
