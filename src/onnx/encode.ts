import { onnx } from 'onnx-proto';

/** Serialized `ModelProto`. */
export function encodeModel(model: onnx.IModelProto): Uint8Array {
  return onnx.ModelProto.encode(model).finish();
}
