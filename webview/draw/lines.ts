/** A line between a row of the left column and a row of the right column. */
export interface Edge {
  /** Row of the left column. */
  readonly query: number;
  /** Row of the right column. */
  readonly key: number;
  readonly weight: number;
  /** Which of several maps it is of; 0 where there is one. */
  readonly part?: number;
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

/** How far down from its start to its end a line is at a place between the columns, both as shares of the whole. */
export function lineProgress(across: number): number {
  // The curve's control points stand at 0.4 and 0.6 of the width: found by bisection, as it only ever goes right.
  let [low, high] = [0, 1];
  for (let step = 0; step < 20; step++) {
    const t = (low + high) / 2;
    const x = 3 * (1 - t) ** 2 * t * 0.4 + 3 * (1 - t) * t ** 2 * 0.6 + t ** 3;
    if (x < across) low = t;
    else high = t;
  }
  return 3 * (1 - low) * low ** 2 + low ** 3;
}

/**
 * The edge whose line passes under a point, the strongest where several do; null where none does.
 * @param across where the point stands between the columns, 0–1
 * @param y in CSS pixels from the first row's top
 */
export function edgeAt(edges: readonly Edge[], across: number, y: number, reach = 3): Edge | null {
  const progress = lineProgress(across);
  let found: Edge | null = null;
  for (const edge of edges) {
    const { y0, y1, width } = lineMark(edge, 0);
    const near = Math.abs(y0 + (y1 - y0) * progress - y) <= reach + width / 2;
    if (near && edge.weight > (found?.weight ?? 0)) found = edge;
  }
  return found;
}
