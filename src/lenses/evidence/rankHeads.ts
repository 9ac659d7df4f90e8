import { HeadlightError } from '../../errors';
import type { AttentionPart } from '../attention/contract';
import { partsOf, sizeOf } from '../attention/parts';
import { batchesByLength } from '../batches';
import type { Compute, ComputeContext } from '../compute';
import type { ModelInput } from '../model';
import type { Ablation, HeadOfPart } from '../whatIf/contract';
import type { Outcome } from './contract';
import { type OpenOutcome, openOutcome, type Variant } from './outcome';
import type { PartEffects } from './rankContract';
import { without } from './without';

/** Numbers of hidden states that are kept to go on from: a quarter of a gigabyte. */
const mostKept = 2 ** 26;
/** Nearer to 1 than doubles can tell. */
const leastLeft = 2 ** -53;

/** What an outcome becomes without a head. */
export interface HeadEffect {
  /** With the head. */
  readonly value: number;
  /** The outcome without the head less the outcome with it. */
  readonly effect: number;
}

/** Every head of the model ablated in turn. */
export const rankHeads: Compute<'evidence/rank'> = async ({ ablation, outcome }, context) => {
  const { model, progress } = context;
  const open = openOutcome(outcome, context);
  const parts = requireHeads(context);
  const total = parts.reduce((sum, part) => sum + countOf(context, part), 0);
  const message = 'Measuring the outcome without each head';
  progress({ message, done: 0, total });
  const below = await statesBelow(open, context);
  const [value] = (await open.measure([goingOn({ rows: open.rows }, model.info.layers - 1, below)])) as [number];
  const found: PartEffects[] = [];
  let done = 0;
  for (const part of parts) {
    const { layers, heads } = sizeOf(model.info, part);
    const values = new Float64Array(layers * heads);
    // From the top: with what stands below kept, its layers are done soonest.
    for (let layer = layers - 1; layer >= 0; layer--) {
      const places = Array.from({ length: heads }, (_, head): HeadOfPart => ({ part, layer, head }));
      const variants = await Promise.all(places.map(async (place) => goingOn(await without(open, [place], ablation, context), layer, below)));
      const measured = await open.measure(variants, (ready) => { progress({ message, done: done + ready, total }); });
      values.set(measured, layer * heads);
      done += heads;
      progress({ message, done, total, effects: { part, layer, effects: measured.map((one) => one - value) } });
    }
    found.push({
      part, layers, heads,
      effects: Float32Array.from(values, (one) => one - value),
      logOdds: open.scale === 'probability' ? Float32Array.from(values, (one) => logOdds(one) - logOdds(value)) : null,
    });
  }
  return { model: model.info, name: open.name, scale: open.scale, value, ablation, parts: found };
};

/**
 * What one head does for an outcome.
 * @throws HeadlightError as `evidence/rank` does; `out-of-range` for a head that the model lacks
 */
export async function effectOfHead(outcome: Outcome, head: HeadOfPart, ablation: Ablation, context: ComputeContext): Promise<HeadEffect> {
  const open = openOutcome(outcome, context);
  const [value, changed] = (await open.measure([{ rows: open.rows }, await without(open, [head], ablation, context)])) as [number, number];
  return { value, effect: changed - value };
}

/** @throws HeadlightError `cannot-intervene` */
function requireHeads({ model: { info } }: ComputeContext): readonly AttentionPart[] {
  const parts = info.writes?.looksBy === 'alignment' ? [] : partsOf(info);
  if (parts.length > 0) return parts;
  throw new HeadlightError('cannot-intervene', `${info.name} has no heads that could be ablated. Choose a transformer, such as the built-in encoder.`);
}

function countOf({ model }: ComputeContext, part: AttentionPart): number {
  const { layers, heads } = sizeOf(model.info, part);
  return layers * heads;
}

/** A variant whose rows go on from the states below a layer, where these are known. */
function goingOn(variant: Variant, layer: number, below: StatesBelow | null): Variant {
  if (!below || layer <= 0) return variant;
  return { rows: variant.rows.map((row, index) => ({ ...row, resumed: { state: layer, vectors: below[index]![layer - 1]! } })) };
}

/** `[token, hidden]` of each row, by hidden state from 1 to the last layer's input. */
type StatesBelow = readonly (readonly Float32Array[])[];

/** What the layers of the unchanged model hand on; null where runs cannot go on from there, or it is too much to keep. */
async function statesBelow({ rows }: OpenOutcome, { model, signal }: ComputeContext): Promise<StatesBelow | null> {
  const { hiddenSize, layers, writes } = model.info;
  const tokens = rows.reduce((sum, row) => sum + row.tokens.length, 0);
  if (!model.resumes || writes?.task === 'translation' || tokens * hiddenSize * (layers - 1) > mostKept) return null;
  const wanted = Array.from({ length: layers - 1 }, (_, index) => index + 1);
  const kept: Float32Array[][] = [];
  for (const batch of batchesByLength(rows)) {
    const run = batch.map((index) => rows[index]!);
    const width = Math.max(...run.map(lengthOf));
    const { hidden } = await model.run(run, { hidden: wanted }, signal);
    batch.forEach((index, row) => {
      kept[index] = wanted.map((state) => hidden.get(state)!.data.slice(row * width * hiddenSize, (row * width + lengthOf(rows[index]!)) * hiddenSize));
    });
  }
  return kept;
}

function lengthOf({ tokens }: ModelInput): number {
  return tokens.length;
}

function logOdds(probability: number): number {
  return Math.log(Math.max(probability, Number.MIN_VALUE)) - Math.log(Math.max(1 - probability, leastLeft));
}
