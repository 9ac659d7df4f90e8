/**
 * Jensen–Shannon divergence of two distributions over the same outcomes, in bits: 0 where they are equal, 1 where they
 * share no outcome (Lin 1991, "Divergence measures based on the Shannon entropy", equation 3.1 with equal weights).
 */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let bits = 0;
  for (let i = 0; i < p.length; i++) {
    const middle = (p[i]! + q[i]!) / 2;
    if (p[i]! > 0) bits += (p[i]! / 2) * Math.log2(p[i]! / middle);
    if (q[i]! > 0) bits += (q[i]! / 2) * Math.log2(q[i]! / middle);
  }
  return Math.min(1, Math.max(0, bits));
}

/**
 * Kullback–Leibler divergence of `q` from `p`, in bits: what `p`'s outcomes cost more when they are coded for `q`
 * (Kullback & Leibler 1951). 0 where they are equal.
 * @param logP natural logarithms of the probabilities, as `logQ`
 */
export function kullbackLeibler(logP: ArrayLike<number>, logQ: ArrayLike<number>): number {
  let nats = 0;
  for (let i = 0; i < logP.length; i++) {
    const log = logP[i]!;
    if (log > -Infinity) nats += Math.exp(log) * (log - logQ[i]!);
  }
  return Math.max(0, nats / Math.LN2);
}
