import { describe, expect, it } from 'vitest';
import { wordRelations, type WordRelation } from '../../../src/lenses/attention/compareContract';
import { compareWords } from '../../../src/lenses/attention/compareWords';
import { attentionMap, attentionTextMap } from '../../../src/lenses/attention/compute';
import { profilesOf, relationsTo } from '../../../src/lenses/attention/wordProfile';
import { contextOf } from '../../support/computeContext';
import { fakeModel, fakeTokenizer } from '../../support/fakeModel';

const target = { model: 'fake', device: 'cpu' } as const;
const rangeOf = (text: string, word: string) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length });
const named = (relations: Uint8Array): WordRelation[] => Array.from(relations, (relation) => wordRelations[relation]!);

describe('relationsTo', () => {
  it('gives every token one relation', () => {
    const { tokens } = fakeTokenizer().encode('the moon and walking cow ate grass', 'her money');
    // [CLS] the moon and walk ##ing cow ate grass [SEP] her money [SEP]
    expect(named(relationsTo(tokens, [4, 5]))).toEqual([
      'start', 'earlier', 'earlier', 'wordBefore', 'itself', 'itself', 'wordAfter', 'later', 'later', 'separator', 'otherText', 'otherText', 'separator',
    ]);
  });

  it('counts all pieces of a neighbouring word', () => {
    const { tokens } = fakeTokenizer().encode('walking cow walking');
    expect(named(relationsTo(tokens, [3]))).toEqual(['start', 'wordBefore', 'wordBefore', 'itself', 'wordAfter', 'wordAfter', 'separator']);
  });
});

describe('profilesOf', () => {
  it('sums over keys and averages over the word’s pieces, head by head', () => {
    // Two heads over three tokens, of which 1 and 2 are the word.
    const data = Float32Array.of(1, 0, 0, 0.5, 0.5, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 0);
    const profiles = profilesOf({ dims: [1, 2, 3, 3], data }, [1, 2], Uint8Array.of(6, 0, 0));
    const of = (head: number, relation: WordRelation) => profiles[head * wordRelations.length + wordRelations.indexOf(relation)];
    expect([of(0, 'start'), of(0, 'itself'), of(1, 'start'), of(1, 'itself')]).toEqual([0.25, 0.75, 1, 0]);
  });
});

describe('compareWords', () => {
  const text = 'the music stand and the cow';

  it('finds no difference in the same text', async () => {
    const word = rangeOf(text, 'stand');
    const { cosines, distances, profiles } = await compareWords({ ...target, text, word, other: { text, word } }, contextOf(fakeModel()));
    expect([...cosines].map((cosine) => Number(cosine.toFixed(6)))).toEqual([1, 1, 1]);
    expect([...distances]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(profiles[0]).toEqual(profiles[1]);
  });

  it('tells heads apart by what they look at from the word, and states by their vectors', async () => {
    // Every head of the fake model looks (layer + head) tokens ahead.
    const other = 'the cow jumped over moon or stand';
    const hidden = (state: number, _: unknown, __: number, { tokens }: { tokens: readonly unknown[] }) => (state > 0 && tokens.length === 8 ? [1, 0, 0, 0] : [0, 1, 0, 0]);
    const request = { ...target, text, word: rangeOf(text, 'stand'), other: { text: other, word: rangeOf(other, 'stand') } };
    const { cosines, distances, profiles } = await compareWords(request, contextOf(fakeModel({ hidden })));
    // From the embeddings on; the texts are read as 8 and 9 tokens.
    expect([...cosines]).toEqual([1, 0, 0]);
    const seen = profiles.map((profile) => Array.from({ length: 6 }, (_, head) => wordRelations[profile.subarray(head * 8, head * 8 + 8).indexOf(1)]));
    expect(seen[0]).toEqual(['itself', 'wordAfter', 'later', 'wordAfter', 'later', 'later']);
    expect(seen[1]).toEqual(['itself', 'separator', 'start', 'separator', 'start', 'earlier']);
    expect([...distances]).toEqual([0, 1, 1, 1, 1, 1]);
  });

  it('says which word cannot be read', async () => {
    const request = { ...target, text, word: { start: 3, end: 3 }, other: { text, word: rangeOf(text, 'stand') } };
    await expect(compareWords(request, contextOf(fakeModel()))).rejects.toMatchObject({ code: 'word-not-found' });
  });
});

describe('attentionTextMap', () => {
  it('is the map with the tokens that it is about', async () => {
    const request = { ...target, text: 'the cow', map: { kind: 'head', layer: 1, head: 2 } } as const;
    const context = contextOf(fakeModel());
    const { tokens, weights, kind } = await attentionTextMap(request, context);
    expect(tokens.map((token) => token.text)).toEqual(['[CLS]', 'the', 'cow', '[SEP]']);
    expect(weights).toEqual((await attentionMap(request, context)).weights);
    expect(kind).toBe('self');
  });

  it('says plainly that a model has no attention', async () => {
    const context = contextOf(fakeModel({ info: { layers: 0, heads: 0 } }));
    await expect(attentionTextMap({ ...target, text: 'the cow', map: { kind: 'head', layer: 0, head: 0 } }, context)).rejects.toMatchObject({
      code: 'cannot-instrument',
    });
  });
});
