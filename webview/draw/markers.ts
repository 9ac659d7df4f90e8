/** Shape of a group's marker, by its Chart.js point style: shape and colour say the same, so that neither is needed alone. */
export const markerShapes = ['circle', 'triangle', 'rect', 'rectRot', 'cross', 'star', 'crossRot', 'dash'] as const;
export type MarkerShape = (typeof markerShapes)[number];

/**
 * Okabe and Ito's colours ("Color Universal Design", 2008), ordered so that neighbours differ in lightness too.
 * Black, which a dark theme swallows, is left out.
 */
export const qualitativeColors = ['#e69f00', '#56b4e9', '#009e73', '#cc79a7', '#0072b2', '#d55e00', '#f0e442'] as const;

export interface Marker {
  readonly shape: MarkerShape;
  readonly color: string;
}

/** The marker of group `index`; colours and shapes repeat out of step, so that 56 groups differ. */
export function markerOf(index: number): Marker {
  return {
    shape: markerShapes[index % markerShapes.length]!,
    color: qualitativeColors[index % qualitativeColors.length]!,
  };
}

/** The marker's outline as an SVG path in a box from −6 to 6. */
export const markerPaths: Readonly<Record<MarkerShape, string>> = {
  circle: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z',
  triangle: 'M0 -5L5 4H-5Z',
  rect: 'M-4 -4H4V4H-4Z',
  rectRot: 'M0 -5.5L5.5 0L0 5.5L-5.5 0Z',
  cross: 'M0 -5V5M-5 0H5',
  star: 'M0 -5V5M-5 0H5M-3.5 -3.5L3.5 3.5M-3.5 3.5L3.5 -3.5',
  crossRot: 'M-4 -4L4 4M-4 4L4 -4',
  dash: 'M-5 0H5',
};
