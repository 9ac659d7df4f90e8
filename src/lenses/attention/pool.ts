/** Largest side of a thumbnail in cells. */
export const largestSide = 48;

/** Rows and columns of a map or of its thumbnail. */
export interface MapSize {
  readonly rows: number;
  readonly columns: number;
}

export function thumbnailSize({ rows, columns }: MapSize): MapSize {
  return { rows: Math.min(rows, largestSide), columns: Math.min(columns, largestSide) };
}

/**
 * Max-pools attention maps to thumbnails: of `size` rows in `side` cells, cell `i` covers rows `⌊i·size/side⌋` up to
 * `⌊(i+1)·size/side⌋`, and so for columns; its byte is its largest weight × 255. A narrow peak therefore stays visible in
 * a long text.
 * @param maps `[count, rows, columns]` probabilities
 * @param target receives `[count, rows, columns]` of `cells` from `offset` on
 */
export function poolMaps(maps: Float32Array, size: MapSize, cells: MapSize, target: Uint8Array, offset: number): void {
  const count = maps.length / (size.rows * size.columns);
  const rowBounds = boundsOf(size.rows, cells.rows);
  const columnBounds = boundsOf(size.columns, cells.columns);
  const row = new Float32Array(cells.columns);
  let from = 0;
  let to = offset;
  for (let map = 0; map < count; map++) {
    for (let queryCell = 0; queryCell < cells.rows; queryCell++) {
      row.fill(0);
      for (let query = rowBounds[queryCell]!; query < rowBounds[queryCell + 1]!; query++) {
        poolRow(maps, from, columnBounds, row);
        from += size.columns;
      }
      for (let cell = 0; cell < cells.columns; cell++) target[to++] = Math.round(row[cell]! * 255);
    }
  }
}

function boundsOf(size: number, cells: number): number[] {
  return Array.from({ length: cells + 1 }, (_, cell) => Math.floor((cell * size) / cells));
}

/** Raises each cell of `row` to the largest weight under it. */
function poolRow(maps: Float32Array, from: number, bounds: readonly number[], row: Float32Array): void {
  let key = from;
  for (let cell = 0; cell < row.length; cell++) {
    const end = from + bounds[cell + 1]!;
    let largest = row[cell]!;
    for (; key < end; key++) {
      const weight = maps[key]!;
      if (weight > largest) largest = weight;
    }
    row[cell] = largest;
  }
}
