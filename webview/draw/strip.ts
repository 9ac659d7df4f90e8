import type { Ramp } from '../../src/picture/ramp';

/** Two sequential scales from the background on: for what is below zero, and what is above. */
export interface DivergingRamp {
  readonly below: Ramp;
  readonly above: Ramp;
}

/**
 * A vector as one row of pixels, RGBA: number `i` covers `width / length` of them. Equal steps of value are equal steps
 * of colour, away from the background on both sides of zero.
 */
export function stripPixels(vector: ArrayLike<number>, scale: number, width: number, { below, above }: DivergingRamp): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(width * 4);
  for (let x = 0; x < width; x++) {
    const value = vector[Math.min(vector.length - 1, Math.floor((x * vector.length) / width))] ?? 0;
    const ramp = value < 0 ? below : above;
    const at = scale > 0 ? Math.round(Math.min(1, Math.abs(value) / scale) * 255) * 4 : 0;
    for (let channel = 0; channel < 4; channel++) pixels[x * 4 + channel] = ramp[at + channel]!;
  }
  return pixels;
}
