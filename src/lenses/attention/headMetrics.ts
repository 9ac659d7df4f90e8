import { HeadlightError } from '../../errors';
import type { Token } from '../../text/token';
import type { AttentionKind, Tensor } from '../model';
import { headMetricNames, type HeadMetricName, type HeadMetrics } from './contract';

const punctuationOnly = /^[\p{P}\p{S}]+$/u;

/** What is measured by how a key stands to the query in one text. */
const withinText: ReadonlySet<HeadMetricName> = new Set(['previousToken', 'nextToken', 'sameToken', 'crossSentence', 'distance']);

/** Sums over a head's rows, and the number of rows that each is a mean of. */
type Sums = Record<HeadMetricName, { sum: number; rows: number }>;

/**
 * What kind of head each one is; `HeadMetricName` in the contract has the definitions.
 * @param attention layer → `[1, head, query, key]`
 * @param tokens the keys
 * @param kinds of each layer
 * @param queries the tokens of the rows, where they are not the keys
 * @throws HeadlightError `cancelled`
 */
export async function headMetrics(
  attention: ReadonlyMap<number, Tensor>,
  tokens: readonly Token[],
  kinds: readonly AttentionKind[],
  signal: AbortSignal,
  queries: readonly Token[] = tokens,
): Promise<HeadMetrics> {
  const places = placesOf(queries, tokens);
  const layers = kinds.length;
  const heads = attention.get(0)?.dims[1] ?? 0;
  const measurable = measurableOn(places);
  const isCross = kinds.includes('cross');
  const values = Object.fromEntries(
    headMetricNames.map((name) => [name, measurable[name] && !(isCross && withinText.has(name)) ? new Float32Array(layers * heads) : null]),
  ) as Record<HeadMetricName, Float32Array | null>;
  for (let layer = 0; layer < layers; layer++) {
    // Whoever wants to cancel, or to open a head, is heard between layers.
    await new Promise((resolve) => { setTimeout(resolve); });
    if (signal.aborted) throw new HeadlightError('cancelled', 'The request was cancelled.');
    const { data } = attention.get(layer)!;
    for (let head = 0; head < heads; head++) {
      const sums = sumsOf(data, head * queries.length * tokens.length, places, kinds[layer] === 'causal');
      for (const name of headMetricNames) {
        const { sum, rows } = sums[name];
        const found = values[name];
        if (found) found[layer * heads + head] = rows === 0 ? 0 : sum / rows;
      }
    }
  }
  return { values };
}

/** What the metrics have to know of each key, as bytes and numbers that are quick to read, and the rows that count. */
interface Places {
  readonly queryIds: Int32Array;
  readonly querySegment: Uint8Array;
  readonly ids: Int32Array;
  readonly special: Uint8Array;
  readonly punctuation: Uint8Array;
  readonly segment: Uint8Array;
  readonly rows: readonly number[];
}

function placesOf(queries: readonly Token[], tokens: readonly Token[]): Places {
  const text = queries.flatMap((token, index) => (token.special ? [] : [index]));
  return {
    queryIds: Int32Array.from(queries, ({ id }) => id),
    querySegment: Uint8Array.from(queries, ({ segment }) => segment),
    ids: Int32Array.from(tokens, ({ id }) => id),
    special: Uint8Array.from(tokens, ({ special }) => Number(special)),
    punctuation: Uint8Array.from(tokens, (token) => Number(!token.special && punctuationOnly.test(token.text))),
    segment: Uint8Array.from(tokens, ({ segment }) => segment),
    rows: text.length > 0 ? text : queries.map((_, index) => index),
  };
}

function measurableOn({ special, punctuation, segment }: Places): Record<HeadMetricName, boolean> {
  return {
    previousToken: special.length > 1,
    nextToken: special.length > 1,
    sameToken: true,
    firstToken: true,
    separator: special.subarray(1).includes(1),
    punctuation: punctuation.includes(1),
    crossSentence: segment.includes(0) && segment.includes(1),
    distance: true,
    entropy: special.length > 1,
  };
}

/** @param from where the head's `[query, key]` begins in `weights` */
function sumsOf(weights: Float32Array, from: number, places: Places, causal: boolean): Sums {
  const { queryIds, querySegment, ids, special, punctuation, segment, rows } = places;
  const size = ids.length;
  const sums = Object.fromEntries(headMetricNames.map((name) => [name, { sum: 0, rows: rows.length }])) as Sums;
  let [same, separator, marks, across, distance, entropy] = [0, 0, 0, 0, 0, 0];
  let [previous, next, first] = [0, 0, 0];
  let [withPrevious, withNext] = [0, 0];
  for (const query of rows) {
    const row = from + query * size;
    if (query > 0) {
      previous += weights[row + query - 1]!;
      withPrevious++;
    }
    if (query + 1 < size) {
      next += weights[row + query + 1]!;
      withNext++;
    }
    first += weights[row]!;
    let bits = 0;
    for (let key = 0; key < size; key++) {
      const weight = weights[row + key]!;
      if (weight <= 0) continue;
      distance += weight * Math.abs(query - key);
      bits -= weight * Math.log(weight);
      if (ids[key] === queryIds[query]) same += weight;
      if (special[key] === 1) {
        if (key > 0) separator += weight;
      } else {
        if (punctuation[key] === 1) marks += weight;
        if (segment[key] !== querySegment[query]) across += weight;
      }
    }
    const choices = causal ? query + 1 : size;
    if (choices > 1) entropy += bits / Math.log(choices);
  }
  sums.previousToken = { sum: previous, rows: withPrevious };
  sums.nextToken = { sum: next, rows: withNext };
  sums.sameToken.sum = same;
  sums.firstToken.sum = first;
  sums.separator.sum = separator;
  sums.punctuation.sum = marks;
  sums.crossSentence.sum = across;
  sums.distance.sum = distance;
  sums.entropy.sum = entropy;
  return sums;
}
