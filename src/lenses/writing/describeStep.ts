import { logSoftmaxWithEntropy } from '../../math/softmax';
import { rankOf, topK } from '../../math/topK';
import type { TextTokenizer } from '../../text/tokenizer';
import type { Tensor } from '../model';
import type { Alternative, LensState, WrittenStep } from './contract';
import type { OutputText } from './outputText';

/** Everything that is known of a distribution before it is known what is written. */
export interface Distribution {
  readonly logits: Float32Array;
  /** Log-probabilities, `[vocabulary]`. */
  readonly logs: Float32Array;
  readonly entropy: number;
  readonly alternatives: readonly Alternative[];
}

/** @param logits `[vocabulary]` */
export function distributionOf(logits: Float32Array, alternatives: number, tokenizer: TextTokenizer): Distribution {
  const { entropy, logs } = logSoftmaxWithEntropy(logits);
  return {
    logits,
    logs,
    entropy,
    alternatives: topK(logs, alternatives).map((id) => alternativeOf(id, Math.exp(logs[id]!), tokenizer)),
  };
}

export function alternativeOf(id: number, probability: number, tokenizer: TextTokenizer): Alternative {
  return { id, token: tokenizer.display(id), startsWord: tokenizer.startsWord(id), probability };
}

/** What was looked at, by one row of what the writer said. */
export interface Attended {
  readonly selfAttention: Float32Array | null;
  readonly crossAttention: Float32Array | null;
}

/**
 * @param tensor `[layer, row, head, 1, key]`
 * @returns `[layer, head, key]` of one row
 */
export function rowOf(tensor: Tensor | null, row: number): Float32Array | null {
  if (tensor === null) return null;
  const [layers, rows, heads, , keys] = tensor.dims as [number, number, number, number, number];
  const size = heads * keys;
  const all = new Float32Array(layers * size);
  for (let layer = 0; layer < layers; layer++) {
    const from = (layer * rows + row) * size;
    all.set(tensor.data.subarray(from, from + size), layer * size);
  }
  return all;
}

/** A step that is known but for its place in the text. */
export type UnplacedStep = Omit<WrittenStep, 'start' | 'end' | 'special'>;

export function describeStep(
  id: number,
  { alternatives, entropy, logs }: Distribution,
  tokenizer: TextTokenizer,
  how: Pick<WrittenStep, 'chosenFrom' | 'drawnWith' | 'forced' | 'lens'> & Attended,
): UnplacedStep {
  const logProbability = logs[id]!;
  return {
    ...alternativeOf(id, Math.exp(logProbability), tokenizer),
    logProbability,
    rank: rankOf(logs, id),
    entropy,
    alternatives,
    ...how,
  };
}

export function placed(step: UnplacedStep, { end, special, start }: OutputText): WrittenStep {
  return { ...step, start, end, special };
}

/** @param lens `[state, vocabulary]` */
export function lensStates(lens: Tensor, id: number, alternatives: number, tokenizer: TextTokenizer): LensState[] {
  const [states, vocabulary] = lens.dims as [number, number];
  return Array.from({ length: states }, (_, state) => {
    const own = distributionOf(lens.data.subarray(state * vocabulary, (state + 1) * vocabulary), alternatives, tokenizer);
    return {
      alternatives: own.alternatives,
      entropy: own.entropy,
      probability: Math.exp(own.logs[id]!),
      rank: rankOf(own.logs, id),
    };
  });
}
