import { onnx } from 'onnx-proto';
import type { AttentionSite } from './findAttention';
import { elementType, type Node } from './graph';

/**
 * Exports of some families fold the heads into the batch, `[batch · head, token, …]` (BART, Marian and OPT before
 * Transformers 4.48, DeBERTa). Adds values with the heads apart.
 * @param heads as the model's configuration states them
 * @returns the attentions with the new names; as they were where nothing is folded
 */
export function unfoldHeads(proto: onnx.IGraphProto, sites: readonly AttentionSite[], heads: number): AttentionSite[] {
  const nodes: Node[] = [];
  const done = new Map<string, string>();
  const unfold = (value: string): string => {
    const known = done.get(value);
    if (known !== undefined) return known;
    const name = `headlight/unfolded/${value}`;
    done.set(value, name);
    nodes.push(
      node('Shape', [value], `${name}/shape`),
      node('Slice', [`${name}/shape`, from, to], `${name}/last`),
      node('Concat', [byHead, `${name}/last`], `${name}/dims`, [{ name: 'axis', type: onnx.AttributeProto.AttributeType.INT, i: 0 }]),
      node('Reshape', [value, `${name}/dims`], name),
    );
    return name;
  };
  const unfolded = sites.map((site): AttentionSite => ({
    ...site,
    probabilities: site.folded.probabilities ? unfold(site.probabilities) : site.probabilities,
    ...(site.folded.vectors
      ? {
        query: unfold(site.query),
        keyTransposed: site.key === null ? unfold(site.keyTransposed) : site.keyTransposed,
        key: site.key === null ? null : unfold(site.key),
        value: unfold(site.value),
        heads: unfold(site.heads),
      }
      : {}),
  }));
  if (nodes.length === 0) return [...sites];
  proto.node = [...(proto.node ?? []), ...nodes];
  proto.initializer = [...(proto.initializer ?? []), integers(byHead, [-1, heads]), integers(from, [1]), integers(to, [3])];
  return unfolded;
}

const [byHead, from, to] = ['headlight/unfolded/heads', 'headlight/unfolded/from', 'headlight/unfolded/to'] as const;

function node(opType: string, inputs: string[], result: string, attribute: onnx.IAttributeProto[] = []): Node {
  return { name: `${result}/node`, opType, input: inputs, output: [result], attribute };
}

function integers(name: string, values: readonly number[]): onnx.ITensorProto {
  return { name, dims: [values.length], dataType: elementType.int64, rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}
