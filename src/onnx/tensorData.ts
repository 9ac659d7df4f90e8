import { elementType, type Tensor } from './graph';
import type { ReadWeights } from './graphSource';
import { halfToSingle } from './halfFloats';

/** Numbers of a tensor, fp16 as fp32; undefined for other element types. */
export function numbersOf(tensor: Tensor, readWeights: ReadWeights): Float32Array | Int8Array | Uint8Array | Int32Array | undefined {
  const raw = rawBytes(tensor, readWeights);
  switch (tensor.dataType) {
    case elementType.float:
      return raw ? new Float32Array(aligned(raw)) : Float32Array.from(tensor.floatData ?? []);
    case elementType.float16:
      return halfToSingle(raw ? new Uint16Array(aligned(raw)) : Uint16Array.from(tensor.int32Data ?? []));
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

/** Bytes of a tensor that is stored raw, in the graph or in a file; undefined for one that lists its numbers. */
export function rawBytes(tensor: Tensor, readWeights: ReadWeights): Uint8Array | undefined {
  if (tensor.externalData && tensor.externalData.length > 0) {
    const entry = (key: string): string | undefined => tensor.externalData!.find((one) => one.key === key)?.value ?? undefined;
    return readWeights(entry('location') ?? '', Number(entry('offset') ?? 0), Number(entry('length') ?? sizeOf(tensor) * widthOf(tensor)));
  }
  return tensor.rawData && tensor.rawData.length > 0 ? tensor.rawData : undefined;
}

export function sizeOf(tensor: Tensor): number {
  return (tensor.dims ?? []).reduce<number>((product, dim) => product * Number(dim), 1);
}

/** Bytes of one number. */
function widthOf({ dataType }: Tensor): number {
  switch (dataType) {
    case elementType.int8:
    case elementType.uint8:
    case elementType.bool:
      return 1;
    case elementType.float16:
      return 2;
    case elementType.int64:
      return 8;
    default:
      return 4;
  }
}

/** A copy that starts at an address that wider elements need. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
