/** Natural logarithm of the sum of exponentials, shifted by the maximum so that it cannot overflow. */
export function logSumExp(logits: Float32Array): number {
  // Counted loops take about half as long as iterators over a vocabulary of thousands, here and in the functions of vectors.
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) if (logits[i]! > max) max = logits[i]!;
  if (max === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - max);
  return max + Math.log(sum);
}

/** Logits divided by a temperature (Hinton et al., 2015, arXiv:1503.02531): below 1 the softmax is surer, above it is evener. */
export function atTemperature(logits: Float32Array, temperature: number): Float32Array {
  return temperature === 1 ? logits : logits.map((logit) => logit / temperature);
}

/** Softmax over all of `logits`: same length, sums to one. */
export function softmax(logits: Float32Array): Float32Array {
  const normalizer = logSumExp(logits);
  return logits.map((logit) => Math.exp(logit - normalizer));
}

/** Shannon entropy of a distribution in bits; entries of zero count nothing. */
export function entropyBits(probabilities: Float32Array): number {
  let bits = 0;
  for (const p of probabilities) if (p > 0) bits -= p * Math.log2(p);
  return Math.max(0, bits);
}

/** The logistic function, stable for large magnitudes. */
export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}
