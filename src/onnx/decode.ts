import { onnx } from 'onnx-proto';
import { HeadlightError } from '../errors';
import { checkLimits } from './limits';

/** @param file serialized `ModelProto` @throws HeadlightError `model-broken` for bytes that are no ONNX model with a graph, or one beyond all limits */
export function decodeModel(file: Uint8Array): onnx.ModelProto & { graph: onnx.IGraphProto } {
  let model: onnx.ModelProto;
  try {
    model = onnx.ModelProto.decode(file);
  } catch (error) {
    throw broken('it cannot be decoded, as happens with files that were cut short', error);
  }
  if (!model.graph?.node?.length) throw broken('it holds no graph');
  checkLimits(model);
  return model as onnx.ModelProto & { graph: onnx.IGraphProto };
}

function broken(reason: string, cause?: unknown): HeadlightError {
  return new HeadlightError(
    'model-broken',
    `The ONNX file is not a whole model: ${reason}. Copy, download or export it again.`,
    { cause },
  );
}
