import { onnx } from 'onnx-proto';
import type { AttentionSite } from './findAttention';
import { elementType, type Node } from './graph';

/**
 * Adds an output with what the last token attends to, of all layers at once, so that little leaves the runtime at each
 * token that is written.
 * @param sites by layer, with as many keys each
 * @returns its name, `[layer, row, head, 1, key]`; null where there are no layers
 */
export function addLastRows(proto: onnx.IGraphProto, sites: readonly Pick<AttentionSite, 'probabilities'>[], name: string): string | null {
  if (sites.length === 0) return null;
  const { INT } = onnx.AttributeProto.AttributeType;
  const axis = (value: number): onnx.IAttributeProto => ({ name: 'axis', type: INT, i: value });
  const last = `${name}.last`;
  const first = `${name}.axis`;
  const int64 = (values: number[]): Uint8Array => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  proto.initializer = [
    ...(proto.initializer ?? []),
    { name: last, dims: [1], dataType: elementType.int64, rawData: int64([-1]) },
    { name: first, dims: [1], dataType: elementType.int64, rawData: int64([0]) },
  ];
  const rows = sites.flatMap(({ probabilities: value }, layer): Node[] => [
    { name: `${name}/gather.${layer}`, opType: 'Gather', input: [value, last], output: [`${name}.row.${layer}`], attribute: [axis(2)] },
    { name: `${name}/unsqueeze.${layer}`, opType: 'Unsqueeze', input: [`${name}.row.${layer}`, first], output: [`${name}.layer.${layer}`] },
  ]);
  const together: Node = {
    name: `${name}/concat`,
    opType: 'Concat',
    input: sites.map((_, layer) => `${name}.layer.${layer}`),
    output: [name],
    attribute: [axis(0)],
  };
  proto.node = [...(proto.node ?? []), ...rows, together];
  return name;
}
