/** Steps from 0 to 1 of a weight in 16 bits. */
const steps = 65_535;

/** What weights are multiples of once they were packed; each is off by half of it at most, 7.6e-6. */
export const weightStep = 1 / steps;

/**
 * Weights in 16 bits: first the high bytes of all, then the low ones, which compresses better than pairs do.
 * @param weights 0–1
 */
export function toPlanes(weights: Float32Array): Uint8Array {
  const planes = new Uint8Array(weights.length * 2);
  weights.forEach((weight, at) => {
    const step = Math.round(Math.min(1, Math.max(0, weight)) * steps);
    planes[at] = step >> 8;
    planes[weights.length + at] = step & 255;
  });
  return planes;
}

/** The weights again. */
export function fromPlanes(planes: Uint8Array): Float32Array {
  const count = planes.length / 2;
  const weights = new Float32Array(count);
  for (let at = 0; at < count; at++) weights[at] = (planes[at]! * 256 + planes[count + at]!) / steps;
  return weights;
}
