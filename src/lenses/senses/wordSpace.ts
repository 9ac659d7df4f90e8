import { createHash } from 'node:crypto';
import { dot, project, unit } from '../../math/vector';
import type { TransformerModel, WordProbe } from '../model';
import { sameSenseOf } from './sameSenseFile';

/** Where occurrences of words are compared one by one: the part of the senses lens that reads the word itself. */
export interface WordSpace {
  readonly probe: WordProbe;
  readonly dimensions: number;
  /** Whether it was fitted for this model: the subspace in which senses of one word lie apart. */
  readonly fitted: boolean;
  /** Changes when vectors of two spaces cannot be compared. */
  readonly fingerprint: string;
  /** Unit vector `[dimensions]` of a word from its vectors `[hidden]`, one for each of the probe's states. */
  readonly vector: (states: readonly Float32Array[]) => Float32Array;
}

/**
 * With a fitted same-sense model, its probe of the word (the mean of the unit vectors of some hidden states, without
 * what all words share) in its subspace; else the last hidden state as it is.
 */
export async function wordSpaceOf(model: TransformerModel): Promise<WordSpace> {
  const { calibrated, comparisons, means, probes } = await sameSenseOf(model);
  const hash = createHash('sha256').update(model.fingerprint);
  const found = comparisons.find(({ probes: [first, ...others], projection }) => {
    const { at, template } = probes[first!]!;
    return projection !== null && others.length === 0 && at === 'word' && template.length === 1;
  });
  if (!calibrated || !found?.projection) {
    const { hiddenSize, layers } = model.info;
    return { probe: { states: [layers], own: null, projection: null }, dimensions: hiddenSize, fitted: false, fingerprint: hash.digest('hex').slice(0, 16), vector: ([last]) => unit(last!) };
  }
  const { projection } = found;
  const [probe] = found.probes as [number];
  const { states } = probes[probe]!;
  const own = means[probe] ?? null;
  for (const numbers of [projection, ...(own ? [own] : [])]) hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  return {
    probe: { states, own, projection },
    dimensions: projection.length / model.info.hiddenSize,
    fitted: true,
    fingerprint: hash.update(states.join()).digest('hex').slice(0, 16),
    vector: (vectors) => inSubspace(vectors, own, projection),
  };
}

/**
 * The unit vector of `sameSenseLogits` for one word, in one go: an index asks for it a thousand times a second.
 * @param states `[hidden]` each
 * @param own what all words share, `[hidden]`
 * @param projection `[hidden, dimensions]`
 */
function inSubspace(states: readonly Float32Array[], own: Float32Array | null, projection: Float32Array): Float32Array {
  const size = states[0]!.length;
  const probe = new Float32Array(size);
  for (const state of states) {
    const length = Math.sqrt(dot(state, state)) * states.length;
    if (length > 0) for (let i = 0; i < size; i++) probe[i]! += state[i]! / length;
  }
  if (own) for (let i = 0; i < size; i++) probe[i]! -= own[i]!;
  return unit(project(probe, projection));
}

/** A unit vector in eight bits: cosines of two are off by less than 0.01. */
export function quantized(vector: Float32Array): Int8Array {
  // `from` with a function goes through an iterator, at ten times the cost.
  const result = new Int8Array(vector.length);
  for (let i = 0; i < vector.length; i++) result[i] = Math.round(vector[i]! * 127);
  return result;
}
