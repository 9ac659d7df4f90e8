/** Inner product of two vectors of equal length. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** A copy of length one; the zero vector stays zero. */
export function unit(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(dot(vector, vector));
  return norm === 0 ? vector.slice() : vector.map((x) => x / norm);
}

/** Mean of vectors of equal length. @throws RangeError for no vectors at all. */
export function mean(vectors: readonly Float32Array[]): Float32Array {
  const first = vectors[0];
  if (!first) throw new RangeError('The mean of no vectors is undefined.');
  const sum = new Float64Array(first.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  // A conversion with a function costs ten times as much.
  const result = new Float32Array(sum.length);
  for (let i = 0; i < sum.length; i++) result[i] = sum[i]! / vectors.length;
  return result;
}

/** `a − b`, element by element. */
export function subtract(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((x, i) => x - b[i]!);
}

/** Vectors laid end to end. */
export function concatenate(vectors: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(vectors.reduce((length, vector) => length + vector.length, 0));
  let at = 0;
  for (const vector of vectors) {
    all.set(vector, at);
    at += vector.length;
  }
  return all;
}

/** Cosine of the angle between two vectors, −1 to 1; 0 where one of them is zero. */
export function cosine(a: Float32Array, b: Float32Array): number {
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  return lengths === 0 ? 0 : Math.min(1, Math.max(-1, dot(a, b) / lengths));
}
