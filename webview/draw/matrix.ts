/** Layout of a weight matrix with row labels at the left and column labels above. In CSS pixels. */
export interface MatrixLayout {
  readonly rows: number;
  readonly columns: number;
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  /** Size of the whole drawing, of which a viewport may show a part. */
  readonly width: number;
  readonly height: number;
}

/** Half-open range of rows or columns. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Cells that fill `width` if they can, at least 13 px so that labels can be read: larger drawings are scrolled. */
export function matrixLayout(
  width: number,
  rows: number,
  columns: number,
  labels: { readonly left: number; readonly top: number },
  { smallest = 13, largest = 28 } = {},
): MatrixLayout {
  const { left, top } = labels;
  const cell = Math.max(smallest, Math.min(largest, Math.floor((width - left) / Math.max(1, columns))));
  return { rows, columns, left, top, cell, width: left + columns * cell, height: top + rows * cell };
}

/** Rows (or columns) that a viewport shows. */
export function visibleSpan(scroll: number, extent: number, cell: number, count: number): Span {
  return { first: Math.max(0, Math.floor(scroll / cell)), last: Math.min(count, Math.ceil((scroll + extent) / cell)) };
}

/** The cell under a point of the viewport; labels count as cells of their row or column alone (the other is −1). */
export function matrixHit(
  layout: MatrixLayout,
  point: { readonly x: number; readonly y: number },
  scroll: { readonly x: number; readonly y: number },
): { readonly row: number; readonly column: number } | null {
  const column = point.x < layout.left ? -1 : Math.floor((point.x - layout.left + scroll.x) / layout.cell);
  const row = point.y < layout.top ? -1 : Math.floor((point.y - layout.top + scroll.y) / layout.cell);
  if (row >= layout.rows || column >= layout.columns || (row < 0 && column < 0)) return null;
  return { row, column };
}
