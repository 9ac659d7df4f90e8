import { fromPlanes } from '../src/packed/planes';

/** What `packWeights` packed. */
export async function unpackWeights(packed: Uint8Array<ArrayBuffer>): Promise<Float32Array> {
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return fromPlanes(new Uint8Array(await new Response(plain).arrayBuffer()));
}

/** Bytes that travelled as text. */
export function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
