import { elementType, type Tensor } from './graph';

/** Numbers of a tensor that is stored inside the model file; undefined for other element types or external data. */
export function numbersOf(tensor: Tensor): Float32Array | Int8Array | Uint8Array | Int32Array | undefined {
  const raw = tensor.rawData && tensor.rawData.length > 0 ? tensor.rawData : undefined;
  if (tensor.externalData && tensor.externalData.length > 0) return undefined;
  switch (tensor.dataType) {
    case elementType.float:
      return raw ? new Float32Array(aligned(raw)) : Float32Array.from(tensor.floatData ?? []);
    case elementType.int8:
      return raw ? new Int8Array(raw.buffer, raw.byteOffset, raw.length) : Int8Array.from(tensor.int32Data ?? []);
    case elementType.uint8:
      return raw ?? Uint8Array.from(tensor.int32Data ?? []);
    case elementType.int32:
      return raw ? new Int32Array(aligned(raw)) : Int32Array.from(tensor.int32Data ?? []);
    default:
      return undefined;
  }
}

export function sizeOf(tensor: Tensor): number {
  return (tensor.dims ?? []).reduce<number>((product, dim) => product * Number(dim), 1);
}

/** A copy that starts at an address that wider elements need. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
