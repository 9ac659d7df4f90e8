import { onnx } from 'onnx-proto';
import type { AttentionKind, AttentionSite, OutputProjection } from './findAttention';
import { elementType } from './graph';
import { numbersOf } from './tensorData';

/** Names under which one attention can be fetched; see `AttentionSite` for the shapes. */
export interface ExposedAttention {
  readonly kind: AttentionKind;
  readonly probabilities: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  /** `[head · head size, hidden]`: what mixes the heads' outputs; null where it is not stored as fp32 in the file. */
  readonly outputProjection: Float32Array | null;
}

/**
 * Makes outputs of probabilities, query, key and value of attentions.
 * @param sites in layer order
 */
export function exposeAttention(proto: onnx.IGraphProto, sites: readonly AttentionSite[]): ExposedAttention[] {
  const attention = sites.map((site) => exposed(proto, site));
  exposeValues(proto, attention.flatMap(({ probabilities, query, key, value }) => [probabilities, query, key, value]));
  return attention;
}

/** Makes outputs of values that are none yet; null for those that the graph lacks. */
export function exposeValues(proto: onnx.IGraphProto, values: readonly (string | null)[]): void {
  const own = new Set((proto.output ?? []).map(({ name }) => name));
  const added = new Set(values.filter((name) => name !== null && !own.has(name)));
  proto.output = [...(proto.output ?? []), ...[...added].map((name) => ({ name }))];
}

/** Keys that the graph only holds transposed are turned back by an added node. */
function exposed(proto: onnx.IGraphProto, site: AttentionSite): ExposedAttention {
  const { kind, probabilities, query, value } = site;
  const outputProjection = site.outputProjection && projectionWeights(proto, site.outputProjection);
  if (site.key !== null) return { kind, probabilities, query, key: site.key, value, outputProjection };
  const key = `headlight/key/${site.keyTransposed}`;
  proto.node = [
    ...(proto.node ?? []),
    {
      name: `${key}/transpose`,
      opType: 'Transpose',
      input: [site.keyTransposed],
      output: [key],
      attribute: [{ name: 'perm', type: onnx.AttributeProto.AttributeType.INTS, ints: [0, 1, 3, 2] }],
    },
  ];
  return { kind, probabilities, query, key, value, outputProjection };
}

function projectionWeights(proto: onnx.IGraphProto, { weights, transposed }: OutputProjection): Float32Array | null {
  const tensor = (proto.initializer ?? []).find(({ name }) => name === weights);
  const values = tensor?.dataType === elementType.float ? numbersOf(tensor) : null;
  if (!tensor || !values || tensor.dims?.length !== 2) return null;
  const [rows, columns] = tensor.dims.map(Number) as [number, number];
  if (!transposed) return Float32Array.from(values);
  return Float32Array.from({ length: rows * columns }, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
}
