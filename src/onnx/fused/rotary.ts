import { type Graph, input, integerAttribute, output } from '../graph';
import { rankOf } from '../valueTypes';
import { joinHeads, splitHeads } from './dotProduct';
import { type FusedOperator, NotWrittenOut } from './fusedOperator';
import type { NodeWriter } from './nodeWriter';

/** Vectors to turn, and the angles of every place. */
export interface Rotation {
  /** `[batch, head, token, size]` */
  readonly vectors: string;
  /** `[place, turned / 2]`; the rest of a vector stays as it is. */
  readonly cosines: string;
  readonly sines: string;
  /** int64 `[token]` or `[batch, token]` */
  readonly places: string;
  /** Neighbours are turned together, and not the halves of a vector. */
  readonly interleaved: boolean;
}

/** Rotary position embedding (Su et al. 2021, arXiv:2104.09864) in plain operators. */
export function rotated(writer: NodeWriter, { vectors, cosines, sines, places, interleaved }: Rotation, output?: string): string {
  const half = writer.length(cosines, 1);
  const whole = writer.add('Mul', [half, writer.integers(2)]);
  const [zero, one, end, all] = [0, 1, Number.MAX_SAFE_INTEGER, -1].map((value) => writer.integers(value)) as [string, string, string, string];
  const turnedPart = writer.slice(vectors, 3, zero, whole);
  const rest = writer.slice(vectors, 3, whole, end);
  const angles = (table: string): string => {
    const rows = writer.add('Gather', [table, places], { axis: 0 });
    // One more dimension, for the heads: in front of the last two.
    const shape = writer.add('Concat', [all, one, writer.length(vectors, 2), half], { axis: 0 });
    return writer.add('Reshape', [rows, shape]);
  };
  const [cosine, sine] = [angles(cosines), angles(sines)];
  const two = writer.integers(2);
  const part = (which: 0 | 1): string => {
    if (!interleaved) return writer.slice(turnedPart, 3, which === 0 ? zero : half, which === 0 ? half : whole);
    return writer.add('Slice', [turnedPart, writer.integers(which), end, writer.integers(3), two]);
  };
  const [first, second] = [part(0), part(1)];
  const product = (left: string, right: string): string => writer.add('Mul', [left, right]);
  const parts = [
    writer.add('Sub', [product(first, cosine), product(second, sine)]),
    writer.add('Add', [product(second, cosine), product(first, sine)]),
  ];
  return writer.add('Concat', [interleaved ? woven(writer, parts, turnedPart) : writer.add('Concat', parts, { axis: 3 }), rest], { axis: 3 }, output);
}

/** Numbers of two vectors by turns. */
function woven(writer: NodeWriter, parts: readonly string[], like: string): string {
  const columns = parts.map((part) => writer.add('Reshape', [part, writer.add('Concat', [writer.add('Shape', [part]), writer.integers(1)], { axis: 0 })]));
  return writer.add('Reshape', [writer.add('Concat', columns, { axis: 4 }), writer.add('Shape', [like])]);
}

/** `RotaryEmbedding` of `com.microsoft`: `[batch, head, token, size]`, or `[batch, token, head · size]` with the heads stated. */
export const rotaryEmbedding: FusedOperator = (node, graph, writer) => {
  const [vectors, places, cosines, sines] = [0, 1, 2, 3].map((index) => input(node, index)) as [string, string, string, string];
  const interleaved = integerAttribute(node, 'interleaved') === 1;
  if (rankOf(graph, vectors) === 4) {
    rotated(writer, { vectors, cosines, sines, places: fromFirst(graph, writer, places, vectors), interleaved }, output(node));
    return;
  }
  const heads = integerAttribute(node, 'num_heads') ?? 0;
  if (heads <= 0) throw new NotWrittenOut('it does not state its heads');
  const apart = splitHeads(writer, vectors, heads);
  joinHeads(writer, rotated(writer, { vectors: apart, cosines, sines, places: fromFirst(graph, writer, places, apart), interleaved }), output(node));
};

/** Places may be given by the first of them alone, `[1]`. */
function fromFirst(graph: Graph, writer: NodeWriter, places: string, vectors: string): string {
  return rankOf(graph, places) === 1 ? writer.add('Add', [writer.countTo(writer.length(vectors, 2)), places]) : places;
}
