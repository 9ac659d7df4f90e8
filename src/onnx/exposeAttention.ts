import { onnx } from 'onnx-proto';
import type { AttentionKind, AttentionSite } from './findAttention';
import { originOf } from './fused/nodeWriter';
import { elementType, nodeName } from './graph';
import type { ReadWeights } from './graphSource';
import { numbersOf } from './tensorData';

/** Names under which one attention can be fetched; see `AttentionSite` for the shapes. */
export interface ExposedAttention {
  /** The node of the file that makes the probabilities. */
  readonly node: string;
  readonly kind: AttentionKind;
  readonly probabilities: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly heads: string;
  /** `[head · head size, hidden]`: what mixes the heads' outputs, read when asked for; null where no fp32 or fp16 holds it. */
  readonly outputProjection: Float32Array | null;
}

/**
 * Makes outputs of probabilities, query, key and value of attentions.
 * @param sites in layer order
 */
export function exposeAttention(proto: onnx.IGraphProto, sites: readonly AttentionSite[], readWeights: ReadWeights): ExposedAttention[] {
  const attention = sites.map((site) => exposed(proto, site, readWeights));
  exposeValues(proto, attention.flatMap(({ probabilities, query, key, value, heads }) => [probabilities, query, key, value, heads]));
  return attention;
}

/** Makes outputs of values that are none yet; null for those that the graph lacks. */
export function exposeValues(proto: onnx.IGraphProto, values: readonly (string | null)[]): void {
  const own = new Set((proto.output ?? []).map(({ name }) => name));
  const added = new Set(values.filter((name) => name !== null && !own.has(name)));
  proto.output = [...(proto.output ?? []), ...[...added].map((name) => ({ name }))];
}

/** Keys that the graph only holds transposed are turned back by an added node. */
function exposed(proto: onnx.IGraphProto, site: AttentionSite, readWeights: ReadWeights): ExposedAttention {
  const { kind, probabilities, value, heads } = site;
  const query = site.queryScale === null ? site.query : unscaledQuery(proto, site.query, site.queryScale);
  const key = site.key ?? turnedBack(proto, site.keyTransposed);
  const stored = site.outputProjection;
  const tensor = stored && (proto.initializer ?? []).find(({ name }) => name === stored.weights);
  return {
    node: originOf(nodeName(site.softmax)), kind, probabilities, query, key, value, heads,
    get outputProjection() {
      return tensor ? projectionWeights(tensor, stored.transposed, readWeights) : null;
    },
  };
}

function unscaledQuery(proto: onnx.IGraphProto, scaled: string, scale: string): string {
  const query = `headlight/query/${scaled}`;
  proto.node = [...(proto.node ?? []), { name: `${query}/div`, opType: 'Div', input: [scaled, scale], output: [query] }];
  return query;
}

function turnedBack(proto: onnx.IGraphProto, keyTransposed: string): string {
  const key = `headlight/key/${keyTransposed}`;
  proto.node = [
    ...(proto.node ?? []),
    {
      name: `${key}/transpose`,
      opType: 'Transpose',
      input: [keyTransposed],
      output: [key],
      attribute: [{ name: 'perm', type: onnx.AttributeProto.AttributeType.INTS, ints: [0, 1, 3, 2] }],
    },
  ];
  return key;
}

function projectionWeights(tensor: onnx.ITensorProto, transposed: boolean, readWeights: ReadWeights): Float32Array | null {
  const isFloat = tensor.dataType === elementType.float || tensor.dataType === elementType.float16;
  const values = isFloat ? numbersOf(tensor, readWeights) : null;
  if (!values || tensor.dims?.length !== 2) return null;
  const [rows, columns] = tensor.dims.map(Number) as [number, number];
  if (!transposed) return Float32Array.from(values);
  return Float32Array.from({ length: rows * columns }, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!);
}
