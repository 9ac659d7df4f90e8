import { describe, expect, it } from 'vitest';
import { sharedWords } from '../../../src/text/sharedWords';

describe('sharedWords', () => {
  it('finds words of both texts whatever their case, the longest first, with every place', () => {
    const shared = sharedWords('Stand by the stand, the cow.', 'The cows cannot STAND it.');
    expect(shared.map(({ word }) => word)).toEqual(['Stand', 'the']);
    expect(shared[0]).toEqual({ word: 'Stand', first: [{ start: 0, end: 5 }, { start: 13, end: 18 }], second: [{ start: 16, end: 21 }] });
  });

  it('knows words by their letters: no numbers or marks, and another normal form is the same word', () => {
    expect(sharedWords('12 … caf\u00e9', '12 … cafe\u0301').map(({ first, second }) => [first, second])).toEqual([
      [[{ start: 5, end: 9 }], [{ start: 5, end: 10 }]],
    ]);
  });

  it('takes a word without its ending after an apostrophe', () => {
    expect(sharedWords('Sally’s cow', 'a treat for Sally').map(({ word }) => word)).toEqual(['Sally']);
  });

  it('is empty where nothing is shared', () => {
    expect(sharedWords('', 'a')).toEqual([]);
  });
});
