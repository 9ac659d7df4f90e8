import { HeadlightError } from '../../errors';
import type { Compute, ComputeContext } from '../compute';
import { LruCache } from '../lruCache';
import type { AttentionKind, ModelInfo, Tensor } from '../model';
import { perModel } from '../perModel';
import { requireIndex } from './checks';
import type { AttentionMapKey, AttentionRequest } from './contract';
import { headMetrics } from './headMetrics';
import { type OpenPart, openPart } from './openPart';
import { mapKindsOf } from './parts';
import { poolMaps, thumbnailSize } from './pool';
import { meanOverHeads, rollout } from './rollout';
import { valueWeighted } from './valueNorms';

/** One text with the attention of all heads of a stack: layer → `[1, head, query, key]`. */
export interface AttentionRun {
  readonly input: OpenPart['text'];
  readonly attention: ReadonlyMap<number, Tensor>;
}

/** Weights kept per model, in numbers (4 bytes each): some runs of a sentence, or one of any size. */
const keptWeights = 3_000_000;

const recentRuns = perModel(() => new LruCache<string, AttentionRun>(keptWeights));

/** All heads of all layers, max-pooled to bytes. */
export const attentionOverview: Compute<'attention/overview'> = async (request, context) => {
  const part = await openPart(request, context);
  const { input, attention } = await attentionOf(part, request, context);
  const { heads } = part;
  const layers = part.attention.length;
  const size = { rows: input.queries.length, columns: input.tokens.length };
  const cells = thumbnailSize(size);
  const area = heads * cells.rows * cells.columns;
  const thumbnails = new Uint8Array(layers * area);
  for (let layer = 0; layer < layers; layer++) poolMaps(attention.get(layer)!.data, size, cells, thumbnails, layer * area);
  return { model: context.model.info, ...input, layers, heads, kinds: kindsOf(part), ...cells, thumbnails };
};

/** One map in full, from the same run as the overview where that is still remembered. */
export const attentionMap: Compute<'attention/map'> = async (request, context) => {
  const { map } = request;
  return { map, weights: await weightsOf(map, await openPart(request, context), request, context) };
};

/** The same with the tokens that it is about. */
export const attentionTextMap: Compute<'attention/textMap'> = async (request, context) => {
  const { map } = request;
  const part = await openPart(request, context);
  const weights = await weightsOf(map, part, request, context);
  const kinds = kindsOf(part);
  const kind = kinds['layer' in map ? map.layer : kinds.length - 1]!;
  return { model: context.model.info, ...part.text, kind, map, weights };
};

/** What kind of head each one is, by numbers. */
export const attentionMetrics: Compute<'attention/metrics'> = async (request, context) => {
  const part = await openPart(request, context);
  const { input, attention } = await attentionOf(part, request, context);
  return headMetrics(attention, input.tokens, kindsOf(part), context.signal, input.queries);
};

/** `[query, key]` */
async function weightsOf(map: AttentionMapKey, part: OpenPart, request: AttentionRequest, context: ComputeContext): Promise<Float32Array> {
  requireMap(map, part, context.model.info);
  const { attention } = await attentionOf(part, request, context);
  switch (map.kind) {
    case 'head':
      return headOf(attention.get(map.layer)!, map.head);
    case 'layer':
      return meanOverHeads([attention.get(map.layer)!]);
    case 'model':
      return meanOverHeads([...attention.values()]);
    case 'rollout':
      return rollout(Array.from({ length: map.layer + 1 }, (_, layer) => attention.get(layer)!), part.text.tokens.length);
    case 'norms': {
      const { queryKeyValue } = await part.run({ queryKeyValue: [map.layer] });
      const projection = requireProjection(part, map.layer, context.model.info);
      return valueWeighted(headOf(attention.get(map.layer)!, map.head), queryKeyValue.get(map.layer)!.value, projection, map.head);
    }
  }
}

function headOf({ data, dims }: Tensor, head: number): Float32Array {
  const [, , queries, keys] = dims as [number, number, number, number];
  return data.slice(head * queries * keys, (head + 1) * queries * keys);
}

function requireProjection({ attention }: OpenPart, layer: number, { name }: ModelInfo): Float32Array {
  const weights = attention[layer]?.outputProjection;
  if (weights) return weights;
  throw new HeadlightError(
    'cannot-instrument',
    `${name} does not hold the output projection of layer ${layer} as fp32 in its file, which norms need. Show weights instead, or export the model in fp32.`,
  );
}

function kindsOf({ attention }: OpenPart): AttentionKind[] {
  return attention.map(({ kind }) => kind);
}

function requireMap(map: AttentionMapKey, { attention, heads, text }: OpenPart, model: ModelInfo): void {
  if ('layer' in map) requireIndex('layer', map.layer, attention.length);
  if ('head' in map) requireIndex('head', map.head, heads);
  const kinds = mapKindsOf({ ...text, model });
  if (kinds.includes(map.kind)) return;
  const why = map.kind === 'rollout'
    ? 'Cross-attention does not roll out: its layers look at another text, and do not hand on one another’s rows'
    : `${model.name} aligns words by one layer of one head, without values`;
  throw new HeadlightError('cannot-instrument', `${why}. Choose ${kinds.length === 1 ? kinds[0] : `one of ${kinds.join(', ')}`}.`);
}

/** All heads of a text, from memory where it was read before. @throws HeadlightError as `openPart` */
export async function attend(request: AttentionRequest, context: ComputeContext): Promise<AttentionRun> {
  return attentionOf(await openPart(request, context), request, context);
}

async function attentionOf(part: OpenPart, { text, pair, focus, written }: AttentionRequest, { model }: ComputeContext): Promise<AttentionRun> {
  const runs = recentRuns(model);
  const { text: input, attention: stack, heads } = part;
  const key = JSON.stringify([text, pair, focus, input.part, input.written && written]);
  const known = runs.get(key);
  if (known) return known;
  const cost = stack.length * heads * input.queries.length * input.tokens.length;
  runs.makeRoom(cost);
  const { attention } = await part.run({ attention: stack.map((_, layer) => layer) });
  const run = { input, attention };
  runs.set(key, run, cost);
  return run;
}
