import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { toPlanes } from './planes';

const compress = promisify(deflateRaw);

/** Weights from 0 to 1, in 16 bits each, by DEFLATE (RFC 1951). */
export function packWeights(weights: Float32Array): Promise<Buffer> {
  return compress(toPlanes(weights), { level: 6 });
}
