import { describe, expect, it } from 'vitest';
import type { OutputSelection } from '../../../src/lenses/model';
import { predictByDepth } from '../../../src/lenses/predictions/depth';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel } from '../../support/fakeModel';

const target = { model: 'fake', device: 'cpu', top: 3 } as const;
const size = fakeModel().tokenizer.vocabularySize;

describe('predictions by depth', () => {
  it('asks for every state of every place, and follows what stood there, what was asked and what comes out', async () => {
    const asked: OutputSelection[] = [];
    const model = fakeModel({ onRun: (_, outputs) => void asked.push(outputs) });
    const answer = await predictByDepth(
      { ...target, text: 'the cow [MASK]', maskTokens: [2], candidates: ['moon', 'walks'] },
      contextOf(model),
    );
    expect(answer.masked).toEqual([2, 3]);
    expect(answer.places.map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(asked[0]!.logitsAt).toHaveLength(9);
    expect(asked[0]!.logitsAt!.map(({ state }) => state)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    const [the, cow, mask] = answer.places;
    expect(the!.states).toHaveLength(3);
    expect(the!.states[0]!.predictions).toHaveLength(3);
    expect(cow!.words[0]).toMatchObject({ token: 'cow', reason: 'original' });
    expect(cow!.words[1]).toMatchObject({ token: 'moon', id: fakeId('moon'), reason: 'asked' });
    expect(mask!.words[0]).toMatchObject({ token: 'moon', reason: 'asked' });
    expect(mask!.words.some(({ reason }) => reason === 'expected')).toBe(true);
    expect(cow!.words[0]!.probabilities).toHaveLength(3);
    expect(cow!.words[0]!.ranks.every((rank) => rank >= 1 && rank <= size)).toBe(true);
    expect(answer.notFollowed).toEqual(['walks']);
  });

  it('shows the tokens around the first mask of a long text', async () => {
    const model = fakeModel({ info: { window: 256 } });
    const text = `${'the cow ate '.repeat(60)}the moon`;
    const answer = await predictByDepth({ ...target, text, maskRange: { start: text.length - 4, end: text.length } }, contextOf(model));
    expect(answer.places).toHaveLength(96);
    expect(answer.places.at(-1)!.index).toBe(answer.tokens.length - 2);
  });
});
