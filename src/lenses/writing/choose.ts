import { HeadlightError } from '../../errors';
import { randomNumbers } from '../../math/random';
import { atTemperature, softmax } from '../../math/softmax';
import { topK } from '../../math/topK';
import type { Greedy, Sampling } from './contract';

export interface ChosenToken {
  readonly id: number;
  /** Null unless it was drawn. */
  readonly drawnWith: number | null;
}

/** Chooses the next token by its logits. */
export type Choose = (logits: Float32Array) => ChosenToken;

/** @throws HeadlightError `out-of-range` for numbers that mean nothing */
export function chooserOf(choice: Greedy | Sampling): Choose {
  if (choice.kind === 'greedy') return (logits) => ({ id: topK(logits, 1)[0] ?? 0, drawnWith: null });
  requireSampling(choice);
  const random = randomNumbers(choice.seed);
  return (logits) => draw(drawable(logits, choice), random());
}

/**
 * The distribution that sampling draws from: temperature, then the `topK` most probable (Fan et al., 2018,
 * arXiv:1805.04833), then of these the fewest that together reach `topP` (Holtzman et al., 2020, arXiv:1904.09751).
 * @returns ids, the most probable first, and their probabilities, which sum to one
 */
export function drawable(
  logits: Float32Array,
  { temperature = 1, topK: most = Infinity, topP = 1 }: Omit<Sampling, 'kind' | 'seed'>,
): { readonly ids: readonly number[]; readonly probabilities: Float32Array } {
  const scaled = atTemperature(logits, temperature);
  // All of a large vocabulary are sorted only where their order matters.
  const ids = topP < 1 || most < scaled.length ? sorted(scaled, most) : Array.from(scaled.keys());
  const among = softmax(Float32Array.from(ids, (id) => scaled[id]!));
  if (topP >= 1) return { ids, probabilities: among };
  let sum = 0;
  let count = 0;
  while (count < ids.length && sum < topP) sum += among[count++]!;
  const kept = among.subarray(0, Math.max(1, count));
  const total = kept.reduce((all, probability) => all + probability, 0);
  return { ids: ids.slice(0, kept.length), probabilities: kept.map((probability) => probability / total) };
}

function sorted(scores: Float32Array, most: number): number[] {
  if (most < 1000) return topK(scores, most);
  return Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, most);
}

/** @param at 0 to 1 */
function draw({ ids, probabilities }: ReturnType<typeof drawable>, at: number): ChosenToken {
  let sum = 0;
  let chosen = 0;
  for (let index = 0; index < ids.length; index++) {
    if (probabilities[index]! === 0) continue;
    chosen = index;
    sum += probabilities[index]!;
    if (at < sum) break;
  }
  return { id: ids[chosen]!, drawnWith: probabilities[chosen]! };
}

function requireSampling({ seed, temperature = 1, topK: most = 1, topP = 1 }: Sampling): void {
  const wrong = (what: string): never => {
    throw new HeadlightError('out-of-range', what);
  };
  if (!(temperature > 0 && Number.isFinite(temperature))) wrong(`A temperature of ${temperature} means nothing. Choose one above 0; 1 is the model’s own.`);
  if (!(Number.isInteger(most) && most >= 1)) wrong(`Nothing can be drawn among the ${most} most probable tokens. Choose a whole number of at least 1.`);
  if (!(topP > 0 && topP <= 1)) wrong(`A probability of ${topP} cannot be reached. Choose one above 0, up to 1.`);
  if (!Number.isInteger(seed)) wrong(`${seed} is no seed. Choose a whole number.`);
}
