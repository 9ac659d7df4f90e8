import { describe, expect, it } from 'vitest';
import { senseLayers } from '../../../src/lenses/senses/layers';
import { groupSenses } from '../../../src/lenses/senses/compute';
import { senseUmap } from '../../../src/lenses/senses/umap';
import { senseWords } from '../../../src/lenses/senses/words';
import { contextOf } from '../../support/computeContext';
import { fakeModel } from '../../support/fakeModel';
import { occurrenceOf as at } from '../../support/occurrence';
import { banks as occurrences, topical } from '../../support/topicalModel';

const target = { model: 'fake', device: 'cpu' } as const;

const senses = [0, 1, 0, 1, 1];

describe('senseWords', () => {
  it('places a word among the senses of another, nearest to the one that it is used as', async () => {
    const words = [[at('the moon over the river', 'moon')], [at('the grass', 'grass'), at('her money apple', 'apple')]];
    const { words: [moon, both] } = await senseWords({ ...target, occurrences, senses, words }, contextOf(fakeModel(topical)));
    expect(moon!.states).toHaveLength(3);
    for (const { cosines } of [moon!.evidence, ...moon!.states.slice(1)]) {
      expect(cosines).toHaveLength(2);
      expect(cosines[0]).toBeGreaterThan(cosines[1]! + 0.3);
    }
    expect(both!.evidence.points).toHaveLength(2);
    expect(both!.states[2]!.cosines[1]).toBeGreaterThan(both!.states[2]!.cosines[0]!);
  });

  it('uses the maps of the occurrences: one of these falls on its own point', async () => {
    const context = contextOf(fakeModel(topical));
    const { states } = await senseLayers({ ...target, occurrences, senses }, context);
    const found = await groupSenses({ ...target, word: 'bank', occurrences, top: 1 }, context);
    const { words } = await senseWords({ ...target, occurrences, senses, words: [[...occurrences]] }, context);
    occurrences.forEach((_, index) => {
      for (const [ours, theirs] of [[words[0]!.evidence.points[index], found.occurrences[index]], [words[0]!.states[2]!.points[index], states[2]!.points[index]]] as const) {
        expect(ours!.x).toBeCloseTo(theirs!.x, 5);
        expect(ours!.y).toBeCloseTo(theirs!.y, 5);
      }
    });
  });

  it('has no place for what the model cannot read, and none of its cosines', async () => {
    const { words } = await senseWords({ ...target, occurrences, senses, words: [[at('the мир', 'мир')], []] }, contextOf(fakeModel(topical)));
    for (const { cosines } of words.flatMap(({ evidence, states }) => [evidence, ...states])) expect(cosines).toEqual([null, null]);
    expect(words[0]!.evidence.points).toEqual([null]);
    expect(words[1]!.states[0]!.points).toEqual([]);
  });

  it('refuses senses that do not fit, and too many words', async () => {
    const context = contextOf(fakeModel(topical));
    await expect(senseWords({ ...target, occurrences, senses: [0], words: [] }, context)).rejects.toMatchObject({ code: 'out-of-range' });
    const many = Array.from({ length: 501 }, () => [at('a moon', 'moon')]);
    await expect(senseWords({ ...target, occurrences, senses, words: many }, context)).rejects.toMatchObject({ code: 'text-too-long' });
  });
});

describe('senseUmap', () => {
  const words = [[at('the moon over the river', 'moon')], [at('her apple', 'apple'), at('the мир', 'мир'), at('a apple', 'apple')]];

  it('draws occurrences and words on one map, within its frame and the same each time', async () => {
    for (const state of [null, 0, 2]) {
      const context = contextOf(fakeModel(topical));
      const map = await senseUmap({ ...target, occurrences, words, state }, context);
      expect(map.state).toBe(state);
      expect([map.points.length, map.words.map((points) => points.length)]).toEqual([5, [1, 3]]);
      expect(map.words[1]![1]).toBeNull();
      const all = [...map.points, ...map.words.flat()].flatMap((point) => (point ? [point.x, point.y] : []));
      expect(all).toHaveLength(16);
      expect(Math.max(...all.map(Math.abs))).toBeCloseTo(1, 6);
      expect(await senseUmap({ ...target, occurrences, words, state }, context)).toEqual(map);
    }
  });

  it('refuses fewer points than have neighbourhoods, and a state that is not there', async () => {
    const context = contextOf(fakeModel(topical));
    await expect(senseUmap({ ...target, occurrences, words: [], state: null }, context)).rejects.toThrow(/at least 8 points, and there are 5/);
    await expect(senseUmap({ ...target, occurrences, words, state: 3 }, context)).rejects.toMatchObject({ code: 'out-of-range' });
  });

  it('can be cancelled', async () => {
    const cancelled = new AbortController();
    const context = { ...contextOf(fakeModel(topical)), signal: cancelled.signal };
    const asked = senseUmap({ ...target, occurrences, words, state: 2 }, context);
    setTimeout(() => { cancelled.abort(); });
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });
});
