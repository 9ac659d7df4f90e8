import { jensenShannon } from '../../math/divergence';
import { cosine, dot, subtract } from '../../math/vector';
import type { Tensor } from '../model';

/** Sums over rows of attention of one layer, by head. */
export interface HeadSums {
  /** `[layer, head]`, in bits a row. */
  readonly divergence: Float64Array;
  /** `[layer, head]`, over all weights. */
  readonly difference: Float64Array;
}

/**
 * Adds one layer of a run to the sums of its heads; padding is left out.
 * @param before `[row, head, query, key]`, as `after`
 * @param lengths tokens of each row
 * @returns by row, the divergence of all its heads and queries together
 */
export function addAttention(sums: HeadSums, layer: number, before: Tensor, after: Tensor, lengths: readonly number[]): number[] {
  const [, heads, size] = before.dims as [number, number, number, number];
  return lengths.map((length, row) => {
    let whole = 0;
    for (let head = 0; head < heads; head++) {
      let divergence = 0;
      let difference = 0;
      for (let query = 0; query < length; query++) {
        const from = ((row * heads + head) * size + query) * size;
        const [p, q] = [before.data.subarray(from, from + length), after.data.subarray(from, from + length)];
        divergence += jensenShannon(p, q);
        for (let key = 0; key < length; key++) difference += Math.abs(p[key]! - q[key]!);
      }
      sums.divergence[layer * heads + head]! += divergence;
      sums.difference[layer * heads + head]! += difference;
      whole += divergence;
    }
    return whole;
  });
}

/** Sums over tokens, by hidden state. */
export interface StateSums {
  readonly cosineDistance: Float64Array;
  readonly relativeNorm: Float64Array;
}

/** Adds one hidden state `[row, token, hidden]` of a run; padding is left out. */
export function addStates(sums: StateSums, state: number, before: Tensor, after: Tensor, lengths: readonly number[]): void {
  const [, size, width] = before.dims as [number, number, number];
  lengths.forEach((length, row) => {
    for (let token = 0; token < length; token++) {
      const from = (row * size + token) * width;
      const [a, b] = [before.data.subarray(from, from + width), after.data.subarray(from, from + width)];
      sums.cosineDistance[state]! += 1 - cosine(a, b);
      sums.relativeNorm[state]! += relativeNorm(a, b);
    }
  });
}

/** Length of `b − a` as a share of the length of `a`; 0 where they are equal, whatever their length. */
function relativeNorm(a: Float32Array, b: Float32Array): number {
  const difference = subtract(b, a);
  const moved = dot(difference, difference);
  return moved === 0 ? 0 : Math.sqrt(moved / dot(a, a));
}
