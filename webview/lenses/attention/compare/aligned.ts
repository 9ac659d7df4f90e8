import type { Token } from '../../../../src/text/token';
import type { HeadView } from '../headView';
import { alignByOffsets, alignByWords, sameItems, type AlignedItems, type Axis } from './alignItems';
import type { ComparisonKind } from './compareState';
import { tokenAt, type ChosenWord } from './sharedWord';

interface Side {
  readonly view: HeadView;
  readonly tokens: readonly Token[];
}

/**
 * Rows and columns that two maps have in common: all, where both read the same tokens; by characters, where the text is
 * the same; else by words, the chosen one first.
 * @returns queries, keys
 */
export function aligned(a: Side, b: Side, kind: ComparisonKind, word: ChosenWord | null): [queries: AlignedItems[], keys: AlignedItems[]] {
  const along = (axis: 'queries' | 'keys'): AlignedItems[] => {
    const [own, other]: [Axis, Axis] = [{ items: a.view[axis], tokens: a.tokens }, { items: b.view[axis], tokens: b.tokens }];
    if (kind === 'text') return alignByWords(own, other, word && [tokenAt(a.tokens, word.first), tokenAt(b.tokens, word.second)]);
    return sameTokens(a.tokens, b.tokens) ? sameItems(own) : alignByOffsets(own, other);
  };
  return [along('queries'), along('keys')];
}

function sameTokens(a: readonly Token[], b: readonly Token[]): boolean {
  return a.length === b.length && a.every(({ piece, start, segment }, at) => piece === b[at]!.piece && start === b[at]!.start && segment === b[at]!.segment);
}
