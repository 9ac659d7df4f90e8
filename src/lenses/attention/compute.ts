import { HeadlightError } from '../../errors';
import type { Compute, ComputeContext } from '../compute';
import { LruCache } from '../lruCache';
import type { AttentionKind, ModelInfo, Tensor, TransformerModel } from '../model';
import { perModel } from '../perModel';
import { type ReadText, readText } from '../readText';
import { requireAttention, requireIndex } from './checks';
import type { AttentionMapKey, AttentionRequest } from './contract';
import { headMetrics } from './headMetrics';
import { poolMaps, thumbnailSide } from './pool';
import { meanOverHeads, rollout } from './rollout';
import { valueWeighted } from './valueNorms';

/** One text with the attention of all its heads: layer → `[1, head, query, key]`. */
export interface AttentionRun {
  readonly input: ReadText;
  readonly attention: ReadonlyMap<number, Tensor>;
}

/** Weights kept per model, in numbers (4 bytes each): some runs of a sentence, or one of any size. */
const keptWeights = 3_000_000;

const recentRuns = perModel(() => new LruCache<string, AttentionRun>(keptWeights));

/** All heads of all layers, max-pooled to bytes. */
export const attentionOverview: Compute<'attention/overview'> = async (request, context) => {
  const { input, attention } = await attend(request, context);
  const { layers, heads } = context.model.info;
  const size = input.tokens.length;
  const side = thumbnailSide(size);
  const thumbnails = new Uint8Array(layers * heads * side * side);
  for (let layer = 0; layer < layers; layer++) {
    poolMaps(attention.get(layer)!.data, size, side, thumbnails, layer * heads * side * side);
  }
  return { model: context.model.info, ...input, layers, heads, kinds: kindsOf(context.model), side, thumbnails };
};

/** One map in full, from the same run as the overview where that is still remembered. */
export const attentionMap: Compute<'attention/map'> = async (request, context) => {
  const { map } = request;
  requireMap(map, context.model.info);
  const run = await attend(request, context);
  return { map, weights: await weightsOf(map, run, context) };
};

/** The same with the tokens that it is about. */
export const attentionTextMap: Compute<'attention/textMap'> = async (request, context) => {
  const { map } = request;
  requireMap(map, context.model.info);
  const run = await attend(request, context);
  const kinds = kindsOf(context.model);
  const kind = kinds['layer' in map ? map.layer : kinds.length - 1]!;
  return { model: context.model.info, ...run.input, kind, map, weights: await weightsOf(map, run, context) };
};

/** What kind of head each one is, by numbers. */
export const attentionMetrics: Compute<'attention/metrics'> = async (request, context) => {
  const { input, attention } = await attend(request, context);
  return headMetrics(attention, input.tokens, kindsOf(context.model), context.signal);
};

/** `[query, key]` */
async function weightsOf(map: AttentionMapKey, { input, attention }: AttentionRun, context: ComputeContext): Promise<Float32Array> {
  const size = input.tokens.length;
  const layersTo = (last: number): Tensor[] => Array.from({ length: last + 1 }, (_, layer) => attention.get(layer)!);
  switch (map.kind) {
    case 'head':
      return headOf(attention.get(map.layer)!, map.head, size);
    case 'layer':
      return meanOverHeads([attention.get(map.layer)!], size);
    case 'model':
      return meanOverHeads([...attention.values()], size);
    case 'rollout':
      return rollout(layersTo(map.layer), size);
    case 'norms':
      return valueWeighted(
        headOf(attention.get(map.layer)!, map.head, size),
        await valuesOf(map.layer, input, context),
        requireProjection(context.model, map.layer),
        map.head,
      );
  }
}

function headOf({ data }: Tensor, head: number, size: number): Float32Array {
  return data.slice(head * size * size, (head + 1) * size * size);
}

async function valuesOf(layer: number, { tokens }: ReadText, { model, signal }: ComputeContext): Promise<Tensor> {
  const { queryKeyValue } = await model.run([{ tokens }], { queryKeyValue: [layer] }, signal);
  return queryKeyValue.get(layer)!.value;
}

function requireProjection({ attention, info }: TransformerModel, layer: number): Float32Array {
  const weights = attention[layer]?.outputProjection;
  if (weights) return weights;
  throw new HeadlightError(
    'cannot-instrument',
    `${info.name} does not hold the output projection of layer ${layer} as fp32 in its file, which norms need. Show weights instead, or export the model in fp32.`,
  );
}

function kindsOf({ attention }: TransformerModel): AttentionKind[] {
  return attention.map(({ kind }) => kind);
}

function requireMap(map: AttentionMapKey, info: ModelInfo): void {
  requireAttention(info);
  if ('layer' in map) requireIndex('layer', map.layer, info.layers);
  if ('head' in map) requireIndex('head', map.head, info.heads);
}

/** All heads of a text, from memory where it was read before. @throws HeadlightError as `requireAttention` and `readText` */
export async function attend(request: AttentionRequest, { model, signal }: ComputeContext): Promise<AttentionRun> {
  const runs = recentRuns(model);
  const key = JSON.stringify([request.text, request.pair, request.focus]);
  const known = runs.get(key);
  if (known) return known;
  const { layers, heads } = model.info;
  requireAttention(model.info);
  const input = readText(model, request);
  const cost = layers * heads * input.tokens.length ** 2;
  runs.makeRoom(cost);
  const allLayers = Array.from({ length: layers }, (_, layer) => layer);
  const { attention } = await model.run([{ tokens: input.tokens }], { attention: allLayers }, signal);
  const run = { input, attention };
  runs.set(key, run, cost);
  return run;
}
