import type { onnx } from 'onnx-proto';
import { HeadlightError } from '../errors';
import { elementType } from './graph';

/** Keys or values that a graph takes from earlier tokens (`past_key_values.…`), `[row, head, token, size]`. */
export interface PastInput {
  readonly name: string;
  /** The output that holds the same with the new tokens; null where the graph has none, as for those of a source. */
  readonly present: string | null;
  /** fp16 and not fp32. */
  readonly isHalf: boolean;
  readonly heads: number;
  readonly size: number;
  /** Of the source that an encoder read: the same at each token. */
  readonly ofSource: boolean;
}

const prefix = /^past_key_values\./;
const ofSource = /\.encoder\./;

/**
 * @param headSize where the graph leaves it open
 * @throws HeadlightError `cannot-instrument` where heads are not stated
 */
export function pastInputs(graph: onnx.IGraphProto, headSize: number): PastInput[] {
  const outputs = new Set((graph.output ?? []).map(({ name }) => name ?? ''));
  return (graph.input ?? []).flatMap(({ name, type }) => {
    if (name == null || !prefix.test(name)) return [];
    const dims = (type?.tensorType?.shape?.dim ?? []).map(({ dimValue }) => Number(dimValue ?? 0));
    const heads = dims[1] ?? 0;
    const size = dims[3] || headSize;
    if (dims.length !== 4 || heads === 0 || size === 0) {
      throw new HeadlightError(
        'cannot-instrument',
        `The model keeps ${name} in a shape that Headlight does not know. Export it without past keys and values.`,
      );
    }
    const present = name.replace(prefix, 'present.');
    return [{
      name,
      present: outputs.has(present) ? present : null,
      isHalf: type?.tensorType?.elemType === elementType.float16,
      heads,
      size,
      ofSource: ofSource.test(name),
    }];
  });
}

/** True for an input that holds keys or values of the source. */
export function isSourceCache(input: string): boolean {
  return prefix.test(input) && ofSource.test(input);
}
