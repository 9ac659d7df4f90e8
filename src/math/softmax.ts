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

/** Natural logarithm of the softmax; a loop, as `map` on a typed array takes several times as long. */
export function logSoftmax(logits: Float32Array): Float32Array {
  const normalizer = logSumExp(logits);
  const logs = new Float32Array(logits.length);
  for (let index = 0; index < logs.length; index++) logs[index] = logits[index]! - normalizer;
  return logs;
}

/** The same with the entropy of the softmax in bits, each exponential taken once. */
export function logSoftmaxWithEntropy(logits: Float32Array): { readonly logs: Float32Array; readonly entropy: number } {
  let max = -Infinity;
  for (const logit of logits) if (logit > max) max = logit;
  let sum = 0;
  let weighted = 0;
  for (const logit of logits) {
    if (logit === -Infinity) continue;
    const share = Math.exp(logit - max);
    sum += share;
    weighted += share * (logit - max);
  }
  const normalizer = max + Math.log(sum);
  const logs = new Float32Array(logits.length);
  for (let index = 0; index < logs.length; index++) logs[index] = logits[index]! - normalizer;
  return { logs, entropy: Math.max(0, (Math.log(sum) - weighted / sum) / Math.LN2) };
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
