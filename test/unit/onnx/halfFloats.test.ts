import { describe, expect, it } from 'vitest';
import { halfToSingle, singleToHalf } from '../../../src/onnx/halfFloats';

describe('halfToSingle', () => {
  // Bit patterns from IEEE 754-2008, binary16.
  it.each([
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ])('reads %i as %d', (bits, number) => {
    expect(halfToSingle(Uint16Array.of(bits))[0]).toBe(number);
  });
});

describe('singleToHalf', () => {
  it.each([[1, 0x3c00], [-10000, 0xf0e2], [0.1, 0x2e66], [65504, 0x7bff], [-3.4e38, 0xfbff], [6e-8, 0x0001], [1e-9, 0], [2047.9, 0x6800]])('of %d has the bits %i', (value, bits) => {
    expect(singleToHalf(value)).toBe(bits);
  });
});
