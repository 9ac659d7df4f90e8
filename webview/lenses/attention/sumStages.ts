import type { AttentionSum } from '../../../src/lenses/attention/contract';
import { formatWeight } from '../../format';

/** The steps from one token's query to what the head brings it, in order. */
export const sumStages = ['query', 'keys', 'products', 'scaled', 'mask', 'weights', 'values', 'output'] as const;
export type SumStage = (typeof sumStages)[number];

/** One line of a step: a key token, or the query token itself. */
export interface StageRow {
  /** Index of a key token, in the steps `query` and `output` of a query token. */
  readonly token: number;
  /** Numbers of a vector, drawn as a strip; null where the step has one number a token. */
  readonly vector: Float32Array | null;
  /** The step's number for this token: a score, a weight, or a vector's length. */
  readonly value: number;
  /** How it came about, in numbers. */
  readonly arithmetic: string;
  readonly masked: boolean;
}

/** What one step shows. */
export interface Stage {
  readonly stage: SumStage;
  readonly title: string;
  readonly explanation: string;
  readonly rows: readonly StageRow[];
  /** Largest magnitude of what is drawn, the end of the step's own scale. */
  readonly scale: number;
  /** Whether numbers may be negative. */
  readonly signed: boolean;
}

/**
 * A step with the key tokens `keys` (indexes).
 * @param query text of the query token, as it is shown
 * @param across whether what is written looks at the source
 */
export function stageOf(stage: SumStage, sum: AttentionSum, keys: readonly number[], query: string, across = false): Stage {
  const { headSize } = sum;
  const root = Math.sqrt(headSize);
  const part = (vectors: Float32Array, token: number): Float32Array => vectors.subarray(token * headSize, (token + 1) * headSize);
  const brought = (key: number): Float32Array => part(sum.valueVectors, key).map((x) => x * sum.weights[key]!);
  const vectorRow = (token: number, vector: Float32Array, arithmetic: string): StageRow => ({
    token, vector, value: length(vector), arithmetic, masked: false,
  });
  const numberRow = (token: number, value: number, arithmetic: string): StageRow => ({
    token, vector: null, value, arithmetic, masked: sum.allowed[token] === 0,
  });
  const exponentials = sumOfExponentials(sum);
  const states = across ? 'The encoder’s last state of every source token' : 'Every token’s state';
  const of: Record<SumStage, Omit<Stage, 'stage' | 'scale'>> = {
    query: {
      title: 'q: what the token asks for',
      explanation: across
        ? `The decoder’s state where “${query}” is found, once this layer has looked at what is written before it, times this head’s matrix W_Q: ${headSize} numbers, the query.`
        : `The state of “${query}” before this layer, times this head's matrix W_Q: ${headSize} numbers, the query.`,
      rows: [vectorRow(sum.query, sum.queryVector, '')],
      signed: true,
    },
    keys: {
      title: 'k: what each token offers',
      explanation: `${states} times W_K: a key as long as the query, to be compared with it.`,
      rows: keys.map((key) => vectorRow(key, part(sum.keyVectors, key), '')),
      signed: true,
    },
    products: {
      title: 'q · k: how well they fit',
      explanation: 'Query and key multiplied number by number and added up: large where a key answers the query. This is a look-up by likeness.',
      rows: keys.map((key) => numberRow(key, sum.products[key]!, '')),
      signed: true,
    },
    scaled: {
      title: '÷ √d: kept in range',
      explanation: `Divided by √${headSize} = ${formatWeight(root)}. Products grow with the vectors’ length; without this step one key would take nearly everything.`,
      rows: keys.map((key) => numberRow(key, sum.scaled[key]!, `${formatWeight(sum.products[key]!)} ÷ ${formatWeight(root)}`)),
      signed: true,
    },
    mask: {
      title: 'Mask: who may be looked at',
      explanation: sum.allowed.every((allowed) => allowed === 1)
        ? `Nothing is masked: ${across ? 'the source is read as a whole before anything is written' : 'this model reads the whole text at once'}.`
        : 'Tokens after the query are masked: they are not written yet, so their score becomes −∞.',
      rows: keys.map((key) => numberRow(key, sum.allowed[key] === 1 ? sum.scaled[key]! : -Infinity, '')),
      signed: true,
    },
    weights: {
      title: 'softmax: shares that sum to 1',
      explanation: 'e to the power of each score, over the sum of all of them: the attention weights. A score a little larger gets a much larger share.',
      rows: keys.map((key) =>
        numberRow(key, sum.weights[key]!, sum.allowed[key] === 1 ? `e^${formatWeight(sum.scaled[key]!)} ÷ ${formatWeight(exponentials)}` : 'masked'),
      ),
      signed: false,
    },
    values: {
      title: 'weight × v: what each token gives',
      explanation: `${states} times W_V is its value, what it has to say. It is multiplied with the weight that the token got.`,
      rows: keys.map((key) => vectorRow(key, brought(key), `${formatWeight(sum.weights[key]!)} × ${formatWeight(length(part(sum.valueVectors, key)))}`)),
      signed: true,
    },
    output: {
      title: 'Sum: what the token takes along',
      explanation: `All weighted values of all tokens added up: the head's output for “${query}”. The heads' outputs side by side, times W_O, are added to the token's state: the residual connection.`,
      rows: [vectorRow(sum.query, sum.output, '')],
      signed: true,
    },
  };
  const chosen = of[stage];
  const numbers = chosen.rows.flatMap(({ vector, value }) => (vector ? [...vector] : [value]));
  return { stage, ...chosen, scale: numbers.reduce((largest, x) => (Number.isFinite(x) ? Math.max(largest, Math.abs(x)) : largest), 0) };
}

/** Key tokens worth showing, in reading order: all of a short text, else those with the largest weights and, where it is a key, the query itself. */
export function shownKeys({ weights, query }: AttentionSum, most: number, across = false): number[] {
  const all = Array.from(weights, (_, key) => key);
  if (all.length <= most) return all;
  const largest = all.toSorted((a, b) => weights[b]! - weights[a]!).slice(0, most);
  return [...new Set([...largest, ...(across ? [] : [query])])].sort((a, b) => a - b);
}

function sumOfExponentials({ scaled, allowed }: AttentionSum): number {
  return scaled.reduce((sum, score, key) => sum + (allowed[key] === 1 ? Math.exp(score) : 0), 0);
}

/** ‖x‖ */
export function length(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
}
