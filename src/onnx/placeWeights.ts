import { onnx } from 'onnx-proto';
import { externalTensors } from './externalFiles';
import type { ReadWeights } from './graphSource';
import { rawBytes } from './tensorData';

/** Where the runtime maps a weight into memory: at a page's beginning. */
const alignment = 4096;

/** A weight that goes into a file, and where. */
export interface PlacedWeight {
  readonly offset: number;
  readonly read: () => Uint8Array;
}

/**
 * Decides where the weights go that a graph names in files: all into the graph, or, where they take more than `most`
 * bytes, all into one file beside it, whose name the graph gets.
 * @returns the weights of that file in order; empty where they are in the graph
 */
export function placeWeights(model: onnx.IModelProto, readWeights: ReadWeights, location: string, most: number): PlacedWeight[] {
  const tensors = externalTensors(model);
  const lengthOf = (tensor: onnx.ITensorProto): number => Number(tensor.externalData?.find(({ key }) => key === 'length')?.value ?? rawBytes(tensor, readWeights)!.length);
  if (tensors.reduce((sum, tensor) => sum + lengthOf(tensor), 0) <= most) {
    for (const tensor of tensors) {
      tensor.rawData = rawBytes(tensor, readWeights)!;
      tensor.externalData = [];
      tensor.dataLocation = onnx.TensorProto.DataLocation.DEFAULT;
    }
    return [];
  }
  let offset = 0;
  return tensors.map((tensor) => {
    const before = { ...tensor, externalData: [...tensor.externalData!] };
    const length = lengthOf(tensor);
    const placed = { offset, read: () => rawBytes(before, readWeights)! };
    tensor.externalData = [{ key: 'location', value: location }, { key: 'offset', value: String(offset) }, { key: 'length', value: String(length) }];
    offset = Math.ceil((offset + length) / alignment) * alignment;
    return placed;
  });
}
