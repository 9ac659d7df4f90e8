import { fromPlanes } from '../../src/standalone/planes';

/** What `packWeights` packed. */
export async function unpackWeights(base64: string): Promise<Float32Array> {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return fromPlanes(new Uint8Array(await new Response(plain).arrayBuffer()));
}
