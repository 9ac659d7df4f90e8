import { level, type Ramp } from '../../src/picture/ramp';

/**
 * A matrix resampled to `size` × `size` pixels: each pixel takes the largest value of the cells that it touches, so that
 * a single strong weight is never averaged away.
 * @param values `[rows, columns]`
 */
export function resampleMax(values: ArrayLike<number>, { rows, columns }: { readonly rows: number; readonly columns: number }, size: number): Float32Array {
  const result = new Float32Array(size * size);
  const spansOf = (side: number): (readonly [number, number])[] => Array.from({ length: size }, (_, pixel) => {
    const first = Math.floor((pixel * side) / size);
    // When a cell covers several pixels, a pixel belongs to the cell that it starts in.
    const last = side > size ? Math.max(first + 1, Math.ceil(((pixel + 1) * side) / size)) : first + 1;
    return [first, Math.min(side, last)] as const;
  });
  const across = spansOf(columns);
  spansOf(rows).forEach(([top, bottom], y) => {
    across.forEach(([left, right], x) => {
      let largest = 0;
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) largest = Math.max(largest, values[row * columns + column] ?? 0);
      }
      result[y * size + x] = largest;
    });
  });
  return result;
}

/** Colours a raster of weights: RGBA, as `ImageData` takes it. */
export function colorRaster(values: Float32Array, max: number, ramp: Ramp): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, index) => {
    const at = Math.round(level(value, max) * 255) * 4;
    pixels[index * 4] = ramp[at]!;
    pixels[index * 4 + 1] = ramp[at + 1]!;
    pixels[index * 4 + 2] = ramp[at + 2]!;
    pixels[index * 4 + 3] = 255;
  });
  return pixels;
}
