import type { Token } from '../../text/token';
import type { Tensor } from '../model';
import { wordRelations, type WordRelation } from './compareContract';

/**
 * What each token is to the word that `pieces` (token indexes, at least one) make up.
 * @returns `[token]`, indexes into `wordRelations`
 */
export function relationsTo(tokens: readonly Token[], pieces: readonly number[]): Uint8Array {
  const first = tokens[pieces[0]!]!;
  const last = tokens[pieces.at(-1)!]!;
  const firstWord = tokens.findIndex(({ special }) => !special);
  const before = first.word === null ? null : first.word - 1;
  const after = last.word === null ? null : last.word + 1;
  const relation = (token: Token, index: number): WordRelation => {
    if (pieces.includes(index)) return 'itself';
    if (token.special) return index < firstWord ? 'start' : 'separator';
    if (token.segment !== first.segment) return 'otherText';
    if (token.word === before) return 'wordBefore';
    if (token.word === after) return 'wordAfter';
    return index < pieces[0]! ? 'earlier' : 'later';
  };
  return Uint8Array.from(tokens, (token, index) => wordRelations.indexOf(relation(token, index)));
}

/**
 * A word's attention in all heads of a layer, by relation.
 * @param attention `[1, head, query, key]`
 * @returns `[head, relation]`; each head's sums to one
 */
export function profilesOf({ dims, data }: Tensor, pieces: readonly number[], relations: Uint8Array): Float64Array {
  const [, heads, size] = dims as readonly [number, number, number, number];
  const profiles = new Float64Array(heads * wordRelations.length);
  for (let head = 0; head < heads; head++) {
    for (const query of pieces) {
      const row = (head * size + query) * size;
      for (let key = 0; key < size; key++) {
        profiles[head * wordRelations.length + relations[key]!]! += data[row + key]! / pieces.length;
      }
    }
  }
  return profiles;
}
