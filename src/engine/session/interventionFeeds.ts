import { Tensor as OnnxTensor } from 'onnxruntime-node';
import { HeadlightError } from '../../errors';
import type { Edge, HeadIntervention, Interventions } from '../../lenses/interventions';
import type { Tensor } from '../../lenses/model';
import { interventionInputs, type Intervened, type Stack } from '../../onnx/intervene';
import { narrowInput } from '../../onnx/narrowLast';
import { resumeInputs } from '../../onnx/resumable';
import type { Held } from './held';

/** Added to scores: so far down that the softmax leaves nothing of them, and not so far that masks overflow. */
const unseen = -1e9;

/** Sizes of a run. */
export interface RunShape {
  /** What is done to each row. */
  readonly rows: readonly Interventions[];
  /** Tokens that are read now, and how many stand before them in the caches. */
  readonly tokens: number;
  readonly before: number;
  /** The hidden state that a run begins at, and its vectors; from the first layer where it is not given. */
  readonly resumed?: { readonly state: number; readonly vectors: Tensor };
  /** The only tokens, row · tokens + token, of which the last layer makes hidden states; all where it is not given. */
  readonly narrowed?: readonly number[];
}

/** What is done to attention to a source, row by row, and the source's tokens. */
export interface CrossShape {
  readonly rows: readonly Interventions[];
  readonly keys: number;
}

/**
 * Fills the inputs by which a graph is changed; as small as what they say allows.
 * @throws HeadlightError `cannot-intervene` for what the graph does not have
 */
export function interventionFeeds(intervened: Intervened, shape: RunShape, cross: CrossShape | null = null): Record<string, Held> {
  const { rows } = shape;
  const feeds: Record<string, Held> = { ...ofStack('self', intervened, shape, rows, shape.before + shape.tokens) };
  if (cross) Object.assign(feeds, ofStack('cross', intervened, shape, cross.rows, cross.keys));
  else if (intervened.layers.cross > 0) Object.assign(feeds, ofStack('cross', intervened, shape, rows.map(() => ({})), 1));
  intervened.skips.forEach((can, layer) => {
    if (can) feeds[interventionInputs.skip(layer)] = byRow(rows, (row) => (row.skipped?.includes(layer) ? 1 : 0), 0);
    else if (rows.some((row) => row.skipped?.includes(layer))) throw refused(`Layer ${layer} cannot be skipped: what it reads or makes was not found in the model's graph.`);
  });
  if (intervened.positions) feeds[interventionInputs.positions] = positions(rows);
  else if (rows.some(({ withoutPositions }) => withoutPositions)) throw refused('The model has no position embeddings that are added to its tokens; it knows of places by other means.');
  if (intervened.resumes) {
    const { state, vectors } = shape.resumed ?? { state: 0, vectors: { dims: [1, 1, 1], data: new Float32Array(1) } };
    feeds[resumeInputs.at] = new OnnxTensor('int64', BigInt64Array.of(BigInt(state)), [1]);
    feeds[resumeInputs.state] = tensor(vectors.data, vectors.dims);
  }
  if (intervened.narrows) {
    const { narrowed, tokens } = shape;
    feeds[narrowInput] = narrowed
      ? places(narrowed, [1, narrowed.length])
      : places(Array.from({ length: rows.length * tokens }, (_, place) => place), [rows.length, tokens]);
  }
  intervened.states.forEach((can, state) => { ofState(feeds, state, can, shape); });
  return feeds;
}

function ofStack(stack: Stack, { heads, layers }: Intervened, { tokens, before }: RunShape, rows: readonly Interventions[], keys: number): Record<string, Held> {
  const feeds: Record<string, Held> = {};
  for (let layer = 0; layer < layers[stack]; layer++) {
    const changed = rows.map((row) => (row.heads ?? []).filter((one) => one.layer === layer));
    const [scale, shift] = headOutputs(changed, heads, tokens, before);
    feeds[interventionInputs.headScale(stack, layer)] = scale;
    feeds[interventionInputs.headShift(stack, layer)] = shift;
    const edges = rows.map((row) => (row.edges ?? []).filter((edge) => edge.layer === null || edge.layer === layer));
    feeds[interventionInputs.edgeBias(stack, layer)] = edgeBias(edges, heads, tokens, before, keys);
  }
  return feeds;
}

function headOutputs(rows: readonly (readonly HeadIntervention[])[], heads: number, tokens: number, before: number): readonly [Held, Held] {
  const all = rows.flat();
  if (all.length === 0) return [one(1, 4), one(0, 4)];
  const width = all.some(({ token }) => token !== null) ? tokens : 1;
  const size = all.find(({ by }) => by !== null)?.by?.length ?? 1;
  const scale = new Float32Array(rows.length * heads * width).fill(1);
  const shift = new Float32Array(scale.length * size);
  rows.forEach((row, index) => {
    for (const { head, token, by } of row) {
      const places = token === null ? Array.from({ length: width }, (_, at) => at) : [token - before];
      for (const place of places) {
        if (place < 0 || place >= width) continue;
        const at = (index * heads + head) * width + place;
        scale[at] = 0;
        if (by) shift.set(by, at * size);
        else shift.fill(0, at * size, (at + 1) * size);
      }
    }
  });
  return [tensor(scale, [rows.length, heads, width, 1]), tensor(shift, [rows.length, heads, width, size])];
}

function edgeBias(rows: readonly (readonly Edge[])[], heads: number, tokens: number, before: number, keys: number): Held {
  const all = rows.flat();
  if (all.length === 0) return one(0, 4);
  const height = all.some(({ head }) => head !== null) ? heads : 1;
  const queries = all.some(({ query }) => query !== null) ? tokens : 1;
  const bias = new Float32Array(rows.length * height * queries * keys);
  rows.forEach((row, index) => {
    for (const edge of row) {
      for (let head = edge.head ?? 0; head <= (edge.head ?? height - 1); head++) {
        const from = edge.query === null ? 0 : edge.query - before;
        for (let query = Math.max(0, from); query <= (edge.query === null ? queries - 1 : Math.min(from, queries - 1)); query++) {
          const at = ((index * height + head) * queries + query) * keys;
          if (edge.key === null) bias.fill(unseen, at, at + keys);
          else if (edge.key < keys) bias[at + edge.key] = unseen;
        }
      }
    }
  });
  return tensor(bias, [rows.length, height, queries, keys]);
}

function ofState(feeds: Record<string, Held>, state: number, can: boolean, { rows, tokens, before }: RunShape): void {
  const changed = rows.map((row) => (row.states ?? []).filter((one) => one.state === state));
  const all = changed.flat();
  if (!can) {
    if (all.length > 0) throw refused(`Hidden state ${state} cannot be replaced: it was not found in the model's graph, or is no more than the norm of the last layer's output.`);
    return;
  }
  const [whereName, byName] = [interventionInputs.patchWhere(state), interventionInputs.patch(state)];
  if (all.length === 0) {
    feeds[whereName] = one(0, 3);
    feeds[byName] = one(0, 3);
    return;
  }
  const width = all.some(({ token }) => token !== null) ? tokens : 1;
  const size = all.find(({ by }) => by !== null)?.by?.length ?? 1;
  const where = new Float32Array(rows.length * width);
  const by = new Float32Array(where.length * size);
  changed.forEach((row, index) => {
    for (const { token, by: vector } of row) {
      const places = token === null ? Array.from({ length: width }, (_, at) => at) : [token - before];
      for (const place of places) {
        if (place < 0 || place >= width) continue;
        const at = index * width + place;
        where[at] = 1;
        if (vector) by.set(vector, at * size);
      }
    }
  });
  feeds[whereName] = tensor(where, [rows.length, width, 1]);
  feeds[byName] = tensor(by, [rows.length, width, size]);
}

/** @throws Error for rows that differ, which nobody asks for */
function positions(rows: readonly Interventions[]): Held {
  const without = rows.filter((row) => row.withoutPositions).length;
  if (without > 0 && without < rows.length) throw new Error('Position embeddings are left out in all rows of a run, or in none.');
  return one(without > 0 ? 0 : 1, 0);
}

/** `[row or 1, 1, 1]` */
function byRow(rows: readonly Interventions[], valueOf: (row: Interventions) => number, nothing: number): Held {
  const values = rows.map(valueOf);
  return values.every((value) => value === nothing) ? one(nothing, 3) : tensor(Float32Array.from(values), [rows.length, 1, 1]);
}

function places(values: readonly number[], dims: readonly number[]): Held {
  return new OnnxTensor('int64', BigInt64Array.from(values, BigInt), dims);
}

function one(value: number, rank: number): Held {
  return tensor(Float32Array.of(value), Array.from({ length: rank }, () => 1));
}

function tensor(data: Float32Array, dims: readonly number[]): Held {
  return new OnnxTensor('float32', data, dims);
}

function refused(message: string): HeadlightError {
  return new HeadlightError('cannot-intervene', message);
}
