/** fp16 numbers as fp32. @param half as bits, or as numbers where the platform has `Float16Array` */
export function halfToSingle(half: Uint16Array | ArrayLike<number>): Float32Array {
  return half instanceof Uint16Array ? Float32Array.from(half, fromBits) : Float32Array.from(half);
}

/** IEEE 754 binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
function fromBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Bits of the nearest IEEE 754 binary16; numbers beyond its range become its largest. */
export function singleToHalf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.min(Math.abs(value), 65504);
  if (size < 2 ** -24) return sign;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  const fraction = Math.round(size / 2 ** (exponent - 10));
  return sign | (exponent + 14 << 10) + fraction;
}
