/** Inner product of two vectors of equal length. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** A copy of length one; the zero vector stays zero. */
export function unit(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(dot(vector, vector));
  if (norm === 0) return vector.slice();
  const result = new Float32Array(vector.length);
  for (let i = 0; i < vector.length; i++) result[i] = vector[i]! / norm;
  return result;
}

/** Mean of vectors of equal length. @throws RangeError for no vectors at all. */
export function mean(vectors: readonly Float32Array[]): Float32Array {
  const first = vectors[0];
  if (!first) throw new RangeError('The mean of no vectors is undefined.');
  const sum = new Float64Array(first.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  // `Float32Array.from` with a function goes through an iterator, at ten times the cost.
  const result = new Float32Array(first.length);
  for (let i = 0; i < sum.length; i++) result[i] = sum[i]! / vectors.length;
  return result;
}

/** `a − b`, element by element. */
export function subtract(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! - b[i]!;
  return result;
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

/** `x · P` for `x` `[hidden]` and `P` `[hidden, dimensions]`. */
export function project(vector: Float32Array, projection: Float32Array): Float32Array {
  const dimensions = projection.length / vector.length;
  const result = new Float64Array(dimensions);
  for (let i = 0; i < vector.length; i++) {
    const x = vector[i]!;
    for (let d = 0; d < dimensions; d++) result[d]! += x * projection[i * dimensions + d]!;
  }
  return Float32Array.from(result);
}
