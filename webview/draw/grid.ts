/** Layout of equal square cells in rows and columns, with room for headers at the left and on top. In CSS pixels. */
export interface GridLayout {
  readonly rows: number;
  readonly columns: number;
  readonly left: number;
  readonly top: number;
  readonly cell: number;
  readonly gap: number;
  /** Between rows; larger than `gap` where every cell has a header of its own. */
  readonly gapBelow: number;
  readonly width: number;
  readonly height: number;
}

export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

/** Cells as large as `width` allows, within bounds; the grid is wider than `width` where even the smallest do not fit. */
export function gridLayout(
  width: number,
  rows: number,
  columns: number,
  { left = 20, top = 20, gap = 2, gapBelow = 2, smallest = 16, largest = 56 } = {},
): GridLayout {
  const free = Math.floor((width - left - gap * (columns - 1)) / columns);
  const cell = Math.max(smallest, Math.min(largest, free));
  return {
    rows,
    columns,
    left,
    top,
    cell,
    gap,
    gapBelow,
    width: left + columns * cell + (columns - 1) * gap,
    height: top + rows * cell + (rows - 1) * gapBelow,
  };
}

/** Top left corner of a cell. */
export function cellOrigin(layout: GridLayout, { row, column }: GridPlace): { readonly x: number; readonly y: number } {
  const { left, top, cell, gap, gapBelow } = layout;
  return { x: left + column * (cell + gap), y: top + row * (cell + gapBelow) };
}

/** Where a key leads from a cell, as in the ARIA grid pattern; null for keys that do not move. */
export function moveInGrid(key: string, from: GridPlace, rows: number, columns: number): GridPlace | null {
  const { row, column } = from;
  switch (key) {
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) };
    case 'ArrowRight':
      return { row, column: Math.min(columns - 1, column + 1) };
    case 'ArrowUp':
      return { row: Math.max(0, row - 1), column };
    case 'ArrowDown':
      return { row: Math.min(rows - 1, row + 1), column };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: columns - 1 };
    case 'PageUp':
      return { row: 0, column };
    case 'PageDown':
      return { row: rows - 1, column };
    default:
      return null;
  }
}
