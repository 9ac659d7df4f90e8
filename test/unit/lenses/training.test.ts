import { describe, expect, it } from 'vitest';
import { trainingExample } from '../../../src/lenses/predictions/training';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel } from '../../support/fakeModel';

const target = { model: 'fake', device: 'cpu', top: 3 } as const;
const text = 'the cow ate her grass and the cow jumped over the moon '.repeat(4).trim();
const wide = { info: { window: 128 } } as const;

describe('trainingExample', () => {
  it('chooses 15 % of the tokens, and feeds masks, other words or the words themselves there', async () => {
    const fates = new Map<string, number>();
    for (let seed = 0; seed < 100; seed++) {
      let fed: readonly number[] = [];
      const model = fakeModel({ ...wide, onRun: ([input]) => { fed = input!.ids!; } });
      const { places, tokens } = await trainingExample({ ...target, text, seed }, contextOf(model));
      expect(places).toHaveLength(7);
      for (const { fate, index, original, predictions, shown } of places) {
        fates.set(fate, (fates.get(fate) ?? 0) + 1);
        expect(tokens[index]!.special).toBe(false);
        expect(original.id).toBe(tokens[index]!.id);
        expect(predictions).toHaveLength(3);
        if (fate === 'masked') expect(fed[index]).toBe(fakeId('[MASK]'));
        if (fate === 'kept') expect(fed[index]).toBe(original.id);
        if (fate === 'replaced') expect(shown).toMatch(/^\p{L}{2,}$/u);
      }
      const chosen = new Set(places.map(({ index }) => index));
      tokens.forEach(({ id }, index) => { if (!chosen.has(index)) expect(fed[index]).toBe(id); });
    }
    // 700 places: four standard deviations on either side.
    expect(Math.abs(fates.get('masked')! - 560)).toBeLessThan(43);
    expect(Math.abs(fates.get('replaced')! - 70)).toBeLessThan(32);
    expect(Math.abs(fates.get('kept')! - 70)).toBeLessThan(32);
  });

  it('makes the same example of the same seed, another of another', async () => {
    const of = async (seed: number) => (await trainingExample({ ...target, text, seed }, contextOf(fakeModel(wide)))).places.map(({ index, fate }) => [index, fate]);
    expect(await of(3)).toEqual(await of(3));
    expect(await of(3)).not.toEqual(await of(4));
  });

  it('states the loss in nats', async () => {
    const size = fakeModel().tokenizer.vocabularySize;
    const model = fakeModel({ logits: () => new Array<number>(size).fill(0) });
    const { loss, places } = await trainingExample({ ...target, text: 'cow', seed: 1 }, contextOf(model));
    expect(places).toHaveLength(1);
    expect(loss).toBeCloseTo(Math.log(size), 5);
  });
});
