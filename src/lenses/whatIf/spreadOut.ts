import type { Tensor } from '../model';

/**
 * Puts rows of zeros where tokens were left out, so that numbers of a shorter text are counted as those of the whole.
 * @param axes of the tensor that count tokens
 * @param kept for each entry of the first axis, which tokens of the whole were read, in order; one list where it is the same for all
 * @param width tokens of the widest whole text
 */
export function spreadOut({ dims, data }: Tensor, axes: readonly number[], kept: readonly (readonly number[])[], width: number): Tensor {
  let spread: Tensor = { dims, data };
  for (const axis of axes) spread = spreadAxis(spread, axis, kept, width);
  return spread;
}

/** One axis, which is not the first. */
function spreadAxis({ dims, data }: Tensor, axis: number, kept: readonly (readonly number[])[], width: number): Tensor {
  const rows = dims[0]!;
  const count = dims[axis]!;
  const outer = dims.slice(1, axis).reduce((product, dim) => product * dim, 1);
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const result = new Float32Array(rows * outer * width * inner);
  for (let row = 0; row < rows; row++) {
    const places = kept[row] ?? kept[0]!;
    for (let block = 0; block < outer; block++) {
      const from = (row * outer + block) * count;
      const to = (row * outer + block) * width;
      places.forEach((place, index) => { result.set(data.subarray((from + index) * inner, (from + index + 1) * inner), (to + place) * inner); });
    }
  }
  return { dims: dims.map((dim, index) => (index === axis ? width : dim)), data: result };
}
