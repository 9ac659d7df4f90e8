import { describe, expect, it } from 'vitest';
import { scoreNextSentence } from '../../../src/lenses/nextSentence/compute';
import { contextOf } from '../../support/computeContext';
import { fakeModel } from '../../support/fakeModel';

const request = { model: 'fake', device: 'cpu', first: 'the cow', second: 'her grass' } as const;

describe('scoreNextSentence', () => {
  it('is the softmax of "follows" against "from elsewhere"', async () => {
    const { isNext, tokens } = await scoreNextSentence(request, contextOf(fakeModel()));
    expect(isNext).toBeCloseTo(0.75, 6);
    expect(tokens.map(({ segment }) => segment)).toEqual([0, 0, 0, 0, 1, 1, 1]);
  });

  it('needs two sentences and a model with the head', async () => {
    await expect(scoreNextSentence({ ...request, second: ' ' }, contextOf(fakeModel()))).rejects.toMatchObject({
      code: 'empty-text',
    });
    const headless = fakeModel({ info: { hasNextSentenceHead: false } });
    await expect(scoreNextSentence(request, contextOf(headless))).rejects.toMatchObject({ code: 'no-next-sentence-head' });
  });
});
