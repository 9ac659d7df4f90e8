import { HeadlightError } from '../../errors';
import type { Compute, ComputeContext } from '../compute';
import { LruCache } from '../lruCache';
import type { ModelInfo, Tensor } from '../model';
import { perModel } from '../perModel';
import { type ReadText, readText } from '../readText';
import type { AttentionRequest } from './contract';
import { poolMaps, thumbnailSide } from './pool';

/** One text with the attention of all its heads: layer → `[1, head, query, key]`. */
interface AttentionRun {
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
  return { model: context.model.info, ...input, layers, heads, side, thumbnails };
};

/** One head in full, from the same run as the overview where that is still remembered. */
export const attentionHead: Compute<'attention/head'> = async (request, context) => {
  const { layers, heads } = context.model.info;
  requireAttention(context.model.info);
  requireIndex('layer', request.layer, layers);
  requireIndex('head', request.head, heads);
  const { input, attention } = await attend(request, context);
  const area = input.tokens.length ** 2;
  const from = request.head * area;
  return {
    layer: request.layer,
    head: request.head,
    weights: attention.get(request.layer)!.data.slice(from, from + area),
  };
};

async function attend(request: AttentionRequest, { model, signal }: ComputeContext): Promise<AttentionRun> {
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

function requireAttention({ name, layers }: ModelInfo): void {
  if (layers > 0) return;
  throw new HeadlightError(
    'cannot-instrument',
    `${name} has no layers and so no attention: a word has one vector, whatever stands around it. Choose another model.`,
  );
}

function requireIndex(what: 'layer' | 'head', index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new HeadlightError(
    'out-of-range',
    `There is no ${what} ${index}: this model has ${count} ${what}s, counted from 0. Choose one from 0 to ${count - 1}.`,
  );
}
