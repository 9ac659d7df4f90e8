/** Largest side of a thumbnail in cells. */
export const largestSide = 48;

/** Side of the thumbnail of a square map with `size` rows. */
export function thumbnailSide(size: number): number {
  return Math.min(size, largestSide);
}

/**
 * Max-pools square attention maps to thumbnails: cell `i` covers rows `⌊i·size/side⌋` up to `⌊(i+1)·size/side⌋`, and
 * its byte is its largest weight × 255. A narrow peak therefore stays visible in a long text.
 * @param maps `[count, size, size]` probabilities
 * @param target receives `[count, side, side]` from `offset` on
 */
export function poolMaps(maps: Float32Array, size: number, side: number, target: Uint8Array, offset: number): void {
  const count = maps.length / (size * size);
  const bounds = Array.from({ length: side + 1 }, (_, cell) => Math.floor((cell * size) / side));
  const row = new Float32Array(side);
  let from = 0;
  let to = offset;
  for (let map = 0; map < count; map++) {
    for (let queryCell = 0; queryCell < side; queryCell++) {
      row.fill(0);
      for (let query = bounds[queryCell]!; query < bounds[queryCell + 1]!; query++) {
        poolRow(maps, from, bounds, row);
        from += size;
      }
      for (let cell = 0; cell < side; cell++) target[to++] = Math.round(row[cell]! * 255);
    }
  }
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
