/** A line between a row of the left column and a row of the right column. */
export interface Edge {
  /** Row of the left column. */
  readonly query: number;
  /** Row of the right column. */
  readonly key: number;
  readonly weight: number;
}

export interface LineMark {
  readonly y0: number;
  readonly y1: number;
  /** Stroke width in CSS pixels. */
  readonly width: number;
  /** 0–1 */
  readonly opacity: number;
}

/** Height of a token row in CSS pixels. */
export const rowHeight = 22;

/** Middle of a row, relative to the top of the viewport. */
export function rowMiddle(row: number, scroll: number): number {
  return row * rowHeight + rowHeight / 2 - scroll;
}

/** How an edge is drawn: width and opacity grow with its weight. */
export function lineMark(edge: Edge, scroll: number): LineMark {
  const weight = Math.min(1, Math.max(0, edge.weight));
  return {
    y0: rowMiddle(edge.query, scroll),
    y1: rowMiddle(edge.key, scroll),
    width: 0.5 + 3.5 * weight,
    opacity: 0.01 + 0.99 * weight ** 0.8,
  };
}

/** Whether any part of the line crosses a viewport of this height. */
export function isVisible(mark: LineMark, height: number): boolean {
  return Math.max(mark.y0, mark.y1) >= 0 && Math.min(mark.y0, mark.y1) <= height;
}
