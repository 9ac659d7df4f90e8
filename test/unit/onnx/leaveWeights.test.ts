import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { HeadlightError } from '../../../src/errors';
import { type ByteSource, leaveWeights } from '../../../src/onnx/leaveWeights';

const sourceOf = (bytes: Uint8Array): ByteSource => ({ size: bytes.length, read: (offset, length) => bytes.slice(offset, offset + length) });
const numbers = (count: number, seed: number): Uint8Array => Uint8Array.from({ length: count }, (_, at) => (at * 31 + seed) % 251);

/** A graph with weights of its own and in a branch, and with much that has to stay as it is. */
function model(): { readonly bytes: Uint8Array; readonly weights: readonly Uint8Array[] } {
  const weights = [numbers(40_000, 1), numbers(9_000, 2)];
  const proto: onnx.IModelProto = {
    irVersion: 8,
    producerName: 'test',
    graph: {
      name: 'g',
      node: [
        { opType: 'If', input: ['c'], output: ['y'], attribute: [{ name: 'then_branch', g: { name: 'b', initializer: [{ name: 'inner', dims: [9_000], dataType: 3, rawData: weights[1]! }] } }] },
        { opType: 'Constant', output: ['k'], attribute: [{ name: 'value', t: { dims: [5_000], dataType: 3, rawData: numbers(5_000, 3) } }] },
      ],
      initializer: [
        { name: 'large', dims: [10_000], dataType: 1, rawData: weights[0]!, dataLocation: onnx.TensorProto.DataLocation.DEFAULT },
        { name: 'small', dims: [3], dataType: 1, rawData: numbers(12, 4) },
        { name: 'listed', dims: [2], dataType: 1, floatData: [1.5, -2] },
      ],
      input: [{ name: 'c' }],
      output: [{ name: 'y' }],
    },
    opsetImport: [{ domain: '', version: 18 }],
  };
  const bytes = onnx.ModelProto.encode(proto).finish();
  return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), weights };
}

function entriesOf(tensor: onnx.ITensorProto): Record<string, string> {
  return Object.fromEntries((tensor.externalData ?? []).map(({ key, value }) => [key!, value!]));
}

describe('leaveWeights', () => {
  it('leaves large weights where they are, and says where that is', () => {
    const { bytes, weights } = model();
    const slim = onnx.ModelProto.decode(leaveWeights(sourceOf(bytes), 'own'));
    const [large] = slim.graph!.initializer!;
    const [inner] = slim.graph!.node![0]!.attribute![0]!.g!.initializer!;
    [large!, inner!].forEach((tensor, index) => {
      const { location, offset, length } = entriesOf(tensor);
      expect(tensor.rawData?.length ?? 0).toBe(0);
      expect([location, tensor.dataLocation]).toEqual(['own', 1]);
      expect(bytes.slice(Number(offset), Number(offset) + Number(length))).toEqual(weights[index]);
    });
  });

  it('keeps all else as it is', () => {
    const { bytes } = model();
    const slim = onnx.ModelProto.decode(leaveWeights(sourceOf(bytes), 'own'));
    const whole = onnx.ModelProto.decode(bytes);
    const blanked = (one: onnx.ModelProto): onnx.ModelProto => {
      for (const tensor of [one.graph!.initializer![0]!, one.graph!.node![0]!.attribute![0]!.g!.initializer![0]!]) {
        tensor.rawData = new Uint8Array(0);
        tensor.externalData = [];
        tensor.dataLocation = onnx.TensorProto.DataLocation.DEFAULT;
      }
      return one;
    };
    expect(blanked(slim)).toEqual(blanked(whole));
    expect(slim.graph!.node![1]!.attribute![0]!.t!.rawData).toHaveLength(5_000);
  });

  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.slice(0, 30_000)],
    ['of another kind', () => new TextEncoder().encode('<!DOCTYPE html><title>Not found</title>')],
    ['whose lengths lead beyond its end', (bytes: Uint8Array) => Uint8Array.from([...bytes, 58, 255, 255, 255, 127])],
    ['a number without an end', () => new Uint8Array(40).fill(255)],
  ])('refuses what is %s', (_, damage) => {
    expect(() => leaveWeights(sourceOf(damage(model().bytes)), 'own')).toThrow(HeadlightError);
  });

  it('refuses graphs that are nested without an end', () => {
    let graph: onnx.IGraphProto = { name: 'x'.repeat(5_000) };
    for (let depth = 0; depth < 60; depth++) graph = { node: [{ attribute: [{ name: 'g', g: graph }] }] };
    const bytes = onnx.ModelProto.encode({ graph }).finish();
    expect(() => leaveWeights(sourceOf(Uint8Array.from(bytes)), 'own')).toThrow(/nested too deeply/);
  });
});
