import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { toPlanes } from './planes';

const compress = promisify(deflateRaw);

/**
 * Weights from 0 to 1, in 16 bits each, by DEFLATE (RFC 1951).
 * @param level 1 is fastest, 9 smallest
 */
export function packWeights(weights: Float32Array, level: number): Promise<Buffer> {
  return compress(toPlanes(weights), { level });
}
