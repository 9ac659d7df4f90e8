import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { HeadlightError } from '../../../src/errors';
import { originOf } from '../../../src/onnx/fused/nodeWriter';
import { writeOutFused } from '../../../src/onnx/fused/writeOutFused';
import { inMemory } from '../../../src/onnx/graphSource';
import { instrument } from '../../../src/onnx/instrument';

const microsoft = 'com.microsoft';
const { INT } = onnx.AttributeProto.AttributeType;
const { readWeights } = inMemory(new Uint8Array(0));
const whole = (name: string, value: number): onnx.IAttributeProto => ({ name, type: INT, i: value });

type Model = onnx.IModelProto & { graph: onnx.IGraphProto };

function modelOf(node: onnx.INodeProto, weights: onnx.ITensorProto[] = []): Model {
  return {
    graph: {
      node: [node],
      initializer: weights,
      input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'b' }, { dimParam: 't' }, { dimValue: 4 }] } } } }],
      output: [{ name: 'y' }],
    },
    opsetImport: [{ domain: '', version: 18 }, { domain: microsoft, version: 1 }],
  };
}

const weights: onnx.ITensorProto = { name: 'w', dims: [4, 12], dataType: 1, floatData: Array.from({ length: 48 }, (_, at) => at / 48) };
const attention = (attribute: onnx.IAttributeProto[], input = ['x', 'w', '']): onnx.INodeProto => ({ opType: 'Attention', domain: microsoft, name: 'layer.0', input, output: ['y'], attribute });

describe('a fused node', () => {
  it('becomes plain operators whose names tell of it, with a causal mask where it is causal', () => {
    for (const unidirectional of [0, 1]) {
      const model = modelOf(attention([whole('num_heads', 2), whole('unidirectional', unidirectional)]), [weights]);
      expect(writeOutFused(model, readWeights)).toEqual([]);
      const softmax = model.graph.node!.find(({ opType }) => opType === 'Softmax')!;
      expect(originOf(softmax.name!)).toBe('layer.0');
      expect(model.graph.node!.at(-1)!.output).toEqual(['y']);
      expect(model.graph.node!.some(({ opType }) => opType === 'Where')).toBe(unidirectional === 1);
    }
  });

  it.each([
    ['turns vectors itself', attention([whole('num_heads', 2), whole('do_rotary', 1)]), /turns queries and keys itself/],
    ['does not say how many heads it has', attention([]), /heads .* not stated/],
    ['has a mask of unknown shape', attention([whole('num_heads', 2)], ['x', 'w', '', 'mask']), /mask mask has an unknown number of dimensions/],
    ['is told to look at a sink', { opType: 'GroupQueryAttention', domain: microsoft, name: 'layer.0', input: ['x', 'x', 'x'], output: ['y'], attribute: [whole('num_heads', 2), whole('kv_num_heads', 1), whole('smooth_softmax', 1)] }, /sink beside the keys/],
  ])('that %s stays as it is, and is named with the reason', (_, node, reason) => {
    const model = modelOf(node, [weights]);
    expect(writeOutFused(model, readWeights)).toEqual([{ node: 'layer.0', reason: expect.stringMatching(reason) as string }]);
    expect(model.graph.node).toEqual([node]);
    const bytes = onnx.ModelProto.encode(model).finish();
    const inspected = (): unknown => instrument(inMemory(Uint8Array.from(bytes)), { heads: 2, headSize: 2, vocabulary: null });
    expect(inspected).toThrow(HeadlightError);
    expect(inspected).toThrow(/at node layer\.0/);
  });

  it('of an operator that nobody wrote down is named', () => {
    const bytes = onnx.ModelProto.encode(modelOf({ opType: 'SparseAttention', domain: microsoft, name: 's', input: ['x'], output: ['y'] })).finish();
    expect(() => instrument(inMemory(Uint8Array.from(bytes)), { heads: 2, headSize: 2, vocabulary: null })).toThrow(/SparseAttention/);
  });
});

it('names of nodes that were never fused are their own', () => {
  expect(originOf('/encoder/layer.0/Softmax')).toBe('/encoder/layer.0/Softmax');
});
