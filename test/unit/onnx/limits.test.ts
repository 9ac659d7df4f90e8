import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { decodeModel } from '../../../src/onnx/decode';
import { externalFiles } from '../../../src/onnx/externalFiles';
import { findAttention } from '../../../src/onnx/findAttention';
import { Graph } from '../../../src/onnx/graph';
import { inMemory } from '../../../src/onnx/graphSource';
import { withinStack } from '../../../src/onnx/limits';
import { nested } from '../../fuzz/mutations/protobuf';

const node = (opType: string, input: string[], output: string[]): onnx.INodeProto => ({ opType, input, output });
const { readWeights } = inMemory(new Uint8Array(0));
const encoded = (graph: onnx.IGraphProto): Uint8Array => onnx.ModelProto.encode({ graph }).finish();

describe('a graph beyond all limits', () => {
  it.each([17, 1000, 20_000])('with %i graphs within each other is refused', (depth) => {
    // GraphProto.node = 1, NodeProto.attribute = 5, AttributeProto.g = 6
    const file = nested([7], 1, nested([1, 5, 6], depth, encoded({}).subarray(0, 0)));
    expect(() => decodeModel(file)).toThrow(/graphs within each other|cannot be decoded/);
  });

  it('with too many nodes or weights is refused', () => {
    const many = Array.from({ length: 100_001 }, () => ({}));
    expect(() => decodeModel(encoded({ node: many }))).toThrow(/more than 100000 nodes/);
    expect(() => decodeModel(encoded({ node: [{}], initializer: many }))).toThrow(/more than 100000 weights/);
  });

  it('with one weight file under too many names is refused', () => {
    const initializer = Array.from({ length: 10_001 }, (_, index) => ({ dataLocation: 1, externalData: [{ key: 'location', value: `${'./'.repeat(index)}weights.bin` }] }));
    expect(() => externalFiles({ graph: { initializer: initializer.slice(0, 10) } })).not.toThrow();
    expect(() => externalFiles({ graph: { initializer } })).toThrow(/more than 10000 files/);
  });

  it('with nodes in a circle is refused, by the name of one', () => {
    const circle = [node('Identity', ['a'], ['b']), { ...node('Add', ['b', 'x'], ['a']), name: 'round' }];
    expect(() => new Graph({ node: circle }, readWeights)).toThrow(/node (?:round|Identity) is made from itself, in a circle/);
    expect(() => new Graph({ node: [node('Softmax', ['s'], ['s'])] }, readWeights)).toThrow(/in a circle/);
  });

  it('with nodes in any order, or that read one value twice, is none of these', () => {
    const { nodes } = new Graph({ node: [node('Add', ['b', 'b'], ['c']), node('Identity', ['x'], ['b'])], input: [{ name: 'x' }] }, readWeights);
    expect(nodes).toHaveLength(2);
  });
});

describe('a search in a graph', () => {
  const before = (added: onnx.INodeProto[], last: string): onnx.IGraphProto => ({
    node: [...added, node('Softmax', [last], ['weights']), node('MatMul', ['weights', 'value'], ['mixed'])],
    input: [{ name: 'x' }, { name: 'value' }],
  });

  it('on ways that part and meet again ends', () => {
    const meets = Array.from({ length: 60 }, (_, index) => node('Add', Array<string>(2).fill(index === 0 ? 'x' : `v${index - 1}`), [`v${index}`]));
    const started = performance.now();
    expect(() => findAttention(new Graph(before(meets, 'v59'), readWeights))).toThrow(/parts and meets again/);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('on a way that is too long for the stack is told', async () => {
    const way = Array.from({ length: 90_000 }, (_, index) => node('Add', [index === 0 ? 'x' : `v${index - 1}`], [`v${index}`]));
    const search = withinStack(() => Promise.resolve().then(() => findAttention(new Graph(before(way, 'v89999'), readWeights))));
    await expect(search).rejects.toMatchObject({ code: 'cannot-instrument', message: expect.stringContaining('more nodes') as string });
  });
});
