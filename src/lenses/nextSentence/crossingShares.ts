import type { Token } from '../../text/token';
import type { Tensor } from '../model';
import type { Crossing } from './crossingContract';

/**
 * The shares of every head.
 * @param attention layer → `[1, head, query, key]`
 */
export function crossingShares(
  attention: ReadonlyMap<number, Tensor>,
  tokens: readonly Token[],
  layers: number,
  heads: number,
): Pick<Crossing, 'firstToSecond' | 'secondToFirst' | 'onWords' | 'even'> {
  const [first, second] = ([0, 1] as const).map((segment) =>
    tokens.flatMap((token, index) => (!token.special && token.segment === segment ? [index] : [])),
  ) as [number[], number[]];
  const all = Math.max(1, first.length + second.length);
  const area = tokens.length ** 2;
  const [firstToSecond, secondToFirst, onWords] = [new Float32Array(layers * heads), new Float32Array(layers * heads), new Float32Array(layers * heads)];
  for (let at = 0; at < layers * heads; at++) {
    const weights = attention.get(Math.floor(at / heads))!.data.subarray((at % heads) * area, ((at % heads) + 1) * area);
    const rowOf = (query: number): Float32Array => weights.subarray(query * tokens.length, (query + 1) * tokens.length);
    const [ab, ba] = [sharesOf(first, rowOf, first, second), sharesOf(second, rowOf, second, first)];
    firstToSecond[at] = ab.share;
    secondToFirst[at] = ba.share;
    onWords[at] = (ab.onWords + ba.onWords) / all;
  }
  return { firstToSecond, secondToFirst, onWords, even: { firstToSecond: second.length / all, secondToFirst: first.length / all } };
}

/** The mean share of the other sentence over the rows, and the sum of what they give to words. */
function sharesOf(rows: readonly number[], rowOf: (query: number) => Float32Array, own: readonly number[], other: readonly number[]): { readonly share: number; readonly onWords: number } {
  let [shares, counted, onWords] = [0, 0, 0];
  for (const query of rows) {
    const row = rowOf(query);
    const sum = (keys: readonly number[]): number => keys.reduce((total, key) => total + row[key]!, 0);
    const across = sum(other);
    const words = across + sum(own);
    onWords += words;
    // A row that is spent on special tokens alone has nothing to share out.
    if (words <= 0) continue;
    shares += across / words;
    counted++;
  }
  return { share: counted === 0 ? NaN : shares / counted, onWords };
}
