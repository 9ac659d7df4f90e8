import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { HeadlightError } from '../../../src/errors';
import { dequantizeWeights } from '../../../src/onnx/dequantize';
import { externalFiles } from '../../../src/onnx/externalFiles';
import { inMemory } from '../../../src/onnx/graphSource';
import { instrument } from '../../../src/onnx/instrument';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'models');
const readGraph = (name: string): Uint8Array => new Uint8Array(readFileSync(join(fixtures, name, 'model.onnx')));
const shape = { heads: 4, headSize: 8, vocabulary: null };
const integers = (values: number[], dims: number[]): Tensor => new Tensor('int64', BigInt64Array.from(values, BigInt), dims);

describe('instrument', () => {
  it.each([
    ['bert-tiny', 'self'],
    ['distilbert-tiny', 'self'],
    ['gpt2-tiny', 'causal'],
  ])('finds the attention of %s and that it is %s', (name, kind) => {
    const graph = instrument(inMemory(readGraph(name)), shape);
    expect(graph.attention.map((site) => site.kind)).toEqual([kind, kind]);
    expect(graph.hidden).toHaveLength(3);
    expect(graph.limits).toEqual([]);
  });

  it('leaves the logits at the places asked for unchanged to the bit', async () => {
    const file = readGraph('bert-tiny');
    const graph = instrument(inMemory(file), shape);
    expect(graph.logits).toEqual({ name: 'logits', atPositions: true, everyState: true });
    const feeds = {
      input_ids: integers([2, 56, 101, 4, 77, 3, 2, 9, 10, 4, 3, 0], [2, 6]),
      attention_mask: integers([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0], [2, 6]),
      token_type_ids: integers(Array.from({ length: 12 }, () => 0), [2, 6]),
    };
    const plain = await InferenceSession.create(file, { logSeverityLevel: 4 });
    const edited = await InferenceSession.create(graph.bytes, { logSeverityLevel: 4 });
    const { logits: all } = await plain.run(feeds);
    // Behind two states of twelve tokens each stands the last one.
    const positions = integers([24 + 3, 24 + 9], [1, 2]);
    const { logits: chosen } = await edited.run({ ...feeds, 'headlight/positions': positions }, ['logits']);
    const vocabulary = all!.dims[2]!;
    expect(chosen!.dims).toEqual([1, 2, vocabulary]);
    const at = (place: number): Float32Array =>
      (all!.data as Float32Array).slice(place * vocabulary, (place + 1) * vocabulary);
    expect(Array.from(chosen!.data as Float32Array)).toEqual([...at(3), ...at(9)]);
  });

  it.each([
    ['cut short', (file: Uint8Array) => file.subarray(0, Math.floor(file.length / 2))],
    ['text', () => new TextEncoder().encode('<!DOCTYPE html><title>404</title>')],
  ])('says that a file that is %s is not whole', (_, damage) => {
    const error = caught(() => instrument(inMemory(damage(readGraph('bert-tiny'))), shape));
    expect(error.code).toBe('model-broken');
  });

  it('names fused attention nodes that it cannot look into', () => {
    const node = { opType: 'Attention', domain: 'com.microsoft', name: 'fused', input: ['x'], output: ['y'] };
    const bytes = onnx.ModelProto.encode({ graph: { node: [node], output: [{ name: 'y' }] } }).finish();
    const error = caught(() => instrument(inMemory(bytes), shape));
    expect(error.code).toBe('cannot-instrument');
    expect(error.message).toContain('Attention');
  });

  const lookUp = { opType: 'Gather', input: ['embeddings', 'input_ids'], output: ['last_hidden_state'] };
  const graphOf = (...node: onnx.INodeProto[]): Uint8Array =>
    onnx.ModelProto.encode({ graph: { node, input: [{ name: 'input_ids' }], output: [{ name: 'last_hidden_state' }] } }).finish();

  it('reads a graph that only looks vectors up as a model without layers', () => {
    const graph = instrument(inMemory(graphOf(lookUp)), shape);
    expect(graph.attention).toEqual([]);
    expect(graph.hidden).toEqual(['last_hidden_state']);
  });

  it('does not take a graph for one whose attention it does not understand', () => {
    const mixed = { opType: 'Softmax', input: ['last_hidden_state'], output: ['attention'] };
    expect(caught(() => instrument(inMemory(graphOf(lookUp, mixed)), shape)).code).toBe('cannot-instrument');
  });
});

describe('externalFiles', () => {
  it('finds weights wherever a tensor can stand', () => {
    const at = (value: string): onnx.ITensorProto => ({ externalData: [{ key: 'location', value }, { key: 'offset', value: '0' }] });
    const files = externalFiles({
      graph: {
        initializer: [at('weights'), at('weights')],
        sparseInitializer: [{ values: at('sparse') }],
        node: [
          { opType: 'Constant', attribute: [{ name: 'value', t: at('constant') }] },
          { opType: 'If', attribute: [{ name: 'then_branch', g: { initializer: [at('branch')] } }] },
        ],
      },
      functions: [{ node: [{ opType: 'Constant', attribute: [{ name: 'value', t: at('function') }] }] }],
    });
    expect(files.toSorted()).toEqual(['branch', 'constant', 'function', 'sparse', 'weights']);
  });
});

describe('dequantizeWeights', () => {
  const graphWith = (scales: number[], zeros: number[], axis: number): onnx.IGraphProto => ({
    node: [
      {
        opType: 'DequantizeLinear',
        input: ['q', 'scale', 'zero'],
        output: ['w'],
        attribute: [{ name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: axis }],
      },
      { opType: 'MatMul', input: ['x', 'w'], output: ['y'] },
    ],
    initializer: [
      { name: 'q', dims: [2, 3], dataType: 3, rawData: new Uint8Array(Int8Array.from([-2, 0, 4, 6, -8, 127]).buffer) },
      { name: 'scale', dims: [scales.length], dataType: 1, floatData: scales },
      { name: 'zero', dims: [zeros.length], dataType: 3, int32Data: zeros },
    ],
  });
  const weights = (graph: onnx.IGraphProto): number[] => {
    dequantizeWeights(graph, inMemory(new Uint8Array(0)).readWeights);
    expect(graph.node?.map((node) => node.opType)).toEqual(['MatMul']);
    expect(graph.initializer?.map((tensor) => tensor.name)).toEqual(['w']);
    return Array.from(new Float32Array(Uint8Array.from(graph.initializer![0]!.rawData!).buffer));
  };

  it('scales along the first axis', () => {
    expect(weights(graphWith([0.5, 2], [0, 1], 0))).toEqual([-1, 0, 2, 10, -18, 252]);
  });

  it('scales along the last axis', () => {
    expect(weights(graphWith([1, 2, 4], [0, 0, 0], -1))).toEqual([-2, 0, 16, 6, -16, 508]);
  });

  it.each([
    ['a shape that is not theirs', { dims: [3, 0] }, [1]],
    ['scales for another number of channels', {}, [1, 2, 3, 4]],
  ])('leaves weights with %s to the runtime', (_, damage, scales) => {
    const graph = graphWith(scales, [0], 1);
    Object.assign(graph.initializer![0]!, damage);
    dequantizeWeights(graph, inMemory(new Uint8Array(0)).readWeights);
    expect(graph.node?.map((node) => node.opType)).toEqual(['DequantizeLinear', 'MatMul']);
  });

  it('scales a whole tensor', () => {
    expect(weights(graphWith([0.25], [0], 1))).toEqual([-0.5, 0, 1, 1.5, -2, 31.75]);
  });
});

function caught(task: () => unknown): HeadlightError {
  try {
    task();
  } catch (error) {
    if (error instanceof HeadlightError) return error;
    throw error;
  }
  return expect.fail('no error');
}
