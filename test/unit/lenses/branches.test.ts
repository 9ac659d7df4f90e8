import { describe, expect, it } from 'vitest';
import { type Branch, mostBranches, ownText, treeOf, withBranch } from '../../../webview/lenses/generation/branches';
import { sameChances, sameText, usualWay } from '../../../webview/lenses/generation/howToWrite';
import { readGenerationState } from '../../../webview/lenses/generation/viewState';

/** A branch of one-letter tokens. */
function branch(letters: string, change: Partial<Branch> = {}): Branch {
  const steps = Array.from(letters, (token, index) => ({ drawnWith: null, forced: false, id: token.charCodeAt(0), token, startsWord: true, special: false, probability: 0.5, start: index }));
  return { steps, output: letters, stopped: 'limit', how: usualWay, maxTokens: 40, ...change };
}
const all = (...texts: string[]): readonly Branch[] => texts.reduce<readonly Branch[]>((branches, text) => withBranch(branches, branch(text)).branches, []);
/** "level:own text" */
const drawn = (branches: readonly Branch[]): string[] => treeOf(branches).map(({ from, index, level }) => `${level}:${ownText(branches[index]!, from)}`);

describe('the tree of branches', () => {
  it('puts each below the one that it leaves, where it leaves it', () => {
    expect(drawn(all('abcd', 'abxy', 'abxz', 'abw', 'aq', 'r'))).toEqual(['0:abcd', '1:q', '1:xy', '2:z', '1:w', '0:r']);
    expect(treeOf(all('abcd', 'abxy'))[1]).toEqual({ index: 1, parent: 0, from: 2, level: 1 });
  });

  it('is right without a branch that others left', () => {
    const branches = all('abcd', 'abxy', 'abxz');
    expect(drawn(branches.slice(1))).toEqual(['0:abxy', '1:z']);
    expect(drawn([branches[0]!, branches[2]!])).toEqual(['0:abcd', '1:xz']);
  });

  it('keeps a text once, and what goes on from it in its place', () => {
    expect(withBranch(all('ab', 'xy'), branch('xy', { stopped: 'reader' }))).toMatchObject({ at: 1, branches: [{ output: 'ab' }, { output: 'xy', stopped: 'reader' }] });
    const longer = withBranch(all('ab', 'xy'), branch('abc'));
    expect([longer.at, longer.branches.map(({ output }) => output)]).toEqual([0, ['abc', 'xy']]);
    // What was stopped early stands below what had gone further.
    expect(drawn(all('abc', 'ab'))).toEqual(['0:abc', '1:']);
  });

  it('drops the oldest but the first beyond the most', () => {
    const letters = Array.from({ length: mostBranches + 2 }, (_, index) => String.fromCharCode(97 + index));
    const branches = all(...letters);
    expect(branches).toHaveLength(mostBranches);
    expect(branches.map(({ output }) => output)).toEqual(['a', ...letters.slice(3)]);
    expect(withBranch(branches, branch('zz')).at).toBe(mostBranches - 1);
  });
});

describe('what is remembered', () => {
  it('comes back as it was', () => {
    const state = {
      model: 'gpt2', how: { ...usualWay, draw: true, topK: 5, seed: 9 }, step: 3, layer: 1, head: null, lens: false, table: true, key: 'k',
      branches: all('abc', 'abd'), open: 1,
    };
    expect(readGenerationState(JSON.parse(JSON.stringify(state)))).toEqual(state);
  });

  it('is the default where it is missing or malformed', () => {
    const usual = readGenerationState(undefined);
    expect(usual).toMatchObject({ model: null, how: usualWay, branches: [], lens: true });
    for (const saved of [null, 7, 'x', { how: 3, branches: 'x', open: -1, step: 0.5 }, { how: { temperature: 99, topK: 4, topP: 0, penalty: 'x', seed: 0.5, maxTokens: 7 } }]) {
      expect(readGenerationState(saved)).toEqual(usual);
    }
    const broken = [{ ...branch('a'), steps: [{ id: 'x' }] }, { ...branch('a'), stopped: 'bored' }, { ...branch('a'), steps: [] }, null];
    for (const one of broken) expect(readGenerationState({ branches: [branch('b'), one] }).branches).toEqual([]);
  });
});

describe('ways of choosing', () => {
  it('have the same chances whatever the seed, and whatever the temperature where the most probable is taken', () => {
    expect(sameChances({ ...usualWay, draw: true }, { ...usualWay, draw: true, seed: 5, maxTokens: 5 })).toBe(true);
    expect(sameChances(usualWay, { ...usualWay, temperature: 2 })).toBe(true);
    expect(sameChances({ ...usualWay, draw: true }, { ...usualWay, draw: true, temperature: 2 })).toBe(false);
    expect(sameChances(usualWay, { ...usualWay, penalty: 1.2 })).toBe(false);
  });

  it('write the same text with the same seed, if they draw', () => {
    expect(sameText(usualWay, { ...usualWay, seed: 5 })).toBe(true);
    expect(sameText({ ...usualWay, draw: true }, { ...usualWay, draw: true, seed: 5 })).toBe(false);
    expect(sameText(usualWay, { ...usualWay, maxTokens: 5 })).toBe(false);
  });
});
