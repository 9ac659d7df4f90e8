import type { Token } from '../../../../src/text/token';
import type { HeadView } from '../headView';
import { alignByOffsets, alignByWords, sameItems, type AlignedItems, type Axis } from './alignItems';
import type { ComparisonKind } from './compareState';
import { tokenAt, type ChosenWord } from './sharedWord';

interface Side {
  readonly view: HeadView;
  /** Of the columns. */
  readonly tokens: readonly Token[];
  /** Of the rows. */
  readonly queries: readonly Token[];
}

/**
 * Rows and columns that two maps have in common: all, where both read the same tokens; by characters, where the text is
 * the same; else by words, the chosen one first.
 * @returns queries, keys
 */
export function aligned(a: Side, b: Side, kind: ComparisonKind, word: ChosenWord | null): [queries: AlignedItems[], keys: AlignedItems[]] {
  const along = (axis: 'queries' | 'keys'): AlignedItems[] => {
    const axisOf = (side: Side): Axis => ({ items: side.view[axis], tokens: axis === 'keys' ? side.tokens : side.queries });
    const [own, other] = [axisOf(a), axisOf(b)];
    if (kind === 'text') return alignByWords(own, other, word && [tokenAt(own.tokens, word.first), tokenAt(other.tokens, word.second)]);
    return sameTokens(own.tokens, other.tokens) ? sameItems(own) : alignByOffsets(own, other);
  };
  return [along('queries'), along('keys')];
}

function sameTokens(a: readonly Token[], b: readonly Token[]): boolean {
  return a.length === b.length && a.every(({ piece, start, segment }, at) => piece === b[at]!.piece && start === b[at]!.start && segment === b[at]!.segment);
}
