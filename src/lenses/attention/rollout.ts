import type { Tensor } from '../model';

/**
 * Attention rollout: what each token's last state holds of each input token, when a layer passes on its tokens' mixture
 * by attention (mean over heads) and, through the residual connection, the token itself, half each:
 * R(l) = (½ Ā(l) + ½ I) R(l−1), R(−1) = I (Abnar & Zuidema 2020, equation 1, arXiv:2005.00928).
 * @param layers `[1, head, query, key]` of each layer, first to last
 * @returns `[query, key]`; rows sum to one
 */
export function rollout(layers: readonly Tensor[], size: number): Float32Array {
  let reached = identity(size);
  for (const layer of layers) reached = product(withResidual(meanOverHeads([layer]), size), reached, size);
  return reached;
}

/**
 * Mean of several heads' probabilities.
 * @param layers `[1, head, query, key]` each
 * @returns `[query, key]`
 */
export function meanOverHeads(layers: readonly Tensor[]): Float32Array {
  const [, , queries, keys] = layers[0]!.dims as [number, number, number, number];
  const area = queries * keys;
  const sums = new Float64Array(area);
  let count = 0;
  for (const { data } of layers) {
    for (let from = 0; from < data.length; from += area, count++) {
      for (let cell = 0; cell < area; cell++) sums[cell]! += data[from + cell]!;
    }
  }
  return Float32Array.from(sums, (sum) => sum / count);
}

function identity(size: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let at = 0; at < size; at++) matrix[at * size + at] = 1;
  return matrix;
}

function withResidual(attention: Float32Array, size: number): Float32Array {
  const mixed = attention.map((weight) => weight / 2);
  for (let at = 0; at < size; at++) mixed[at * size + at]! += 0.5;
  return mixed;
}

/** `[n, n]` · `[n, n]`, row by row so that both are read in order. */
function product(a: Float32Array, b: Float32Array, size: number): Float32Array {
  const result = new Float32Array(size * size);
  const row = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    row.fill(0);
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]!;
      for (let j = 0; j < size; j++) row[j]! += factor * b[k * size + j]!;
    }
    result.set(row, i * size);
  }
  return result;
}
