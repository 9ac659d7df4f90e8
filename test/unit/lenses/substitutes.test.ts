import { describe, expect, it } from 'vitest';
import { likelyWords, typicalWords } from '../../../src/lenses/senses/substitutes';
import { fakeId, fakeModel } from '../../support/fakeModel';

const entries = (probabilities: Record<string, number>) =>
  Object.entries(probabilities).map(([token, probability]) => ({ token, id: fakeId(token), probability }));

describe('likelyWords', () => {
  it('leaves out the word itself, continuing pieces, punctuation and special tokens', () => {
    const model = fakeModel();
    const logits = new Float32Array(model.tokenizer.vocabularySize).fill(-Infinity);
    for (const [token, probability] of Object.entries({ stand: 0.3, '##s': 0.2, '.': 0.15, '[SEP]': 0.1, moon: 0.09, cow: 0.08, '[CLS]': 0.08 })) {
      logits[fakeId(token)] = Math.log(probability);
    }
    const likely = likelyWords(logits, 'Stand', model);
    expect(likely.slice(0, 2).map(({ token }) => token)).toEqual(['moon', 'cow']);
    expect(likely[0]!.probability).toBeCloseTo(0.09, 6);
    expect(likely.map(({ token }) => token)).not.toContain('##s');
  });
});

describe('typicalWords', () => {
  it('names what tells a group from the others, not what is likely everywhere', () => {
    const words = typicalWords(
      [entries({ the: 0.5, river: 0.2 }), entries({ the: 0.5, river: 0.1 }), entries({ the: 0.6, money: 0.05 })],
      [0, 0, 1],
      2,
      1,
    );
    expect(words).toEqual([['river'], ['money']]);
  });

  it('describes a single group by what is likely in it', () => {
    expect(typicalWords([entries({ the: 0.5, moon: 0.2 })], [0], 1, 2)).toEqual([['the', 'moon']]);
  });
});
