import { onnx } from 'onnx-proto';

/** Serialized `ModelProto`. */
export function encodeModel(model: onnx.IModelProto): Uint8Array {
  const bytes = onnx.ModelProto.encode(model).finish();
  // A plain view: protobuf readers treat Node's Buffer differently.
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
