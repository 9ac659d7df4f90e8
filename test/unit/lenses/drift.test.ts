import { describe, expect, it } from 'vitest';
import { longestLine } from '../../../src/lenses/drift/contract';
import { measureDrift } from '../../../src/lenses/drift/measure';
import { askedLines, pickLines, placeInDocument } from '../../../src/lenses/drift/pickLines';
import { predictionPlaces } from '../../../src/lenses/drift/predictionPlaces';
import { repeatedWords } from '../../../src/lenses/drift/repeatedWords';
import { changesOf, driftRows } from '../../../src/lenses/drift/tables';
import type { LensProgress } from '../../../src/lenses/calls';
import type { ModelInfo, ModelInput, OutputSelection, Tensor, TransformerModel } from '../../../src/lenses/model';
import { contextOf } from '../../support/computeContext';
import { fakeId, fakeModel, type FakeModelOptions } from '../../support/fakeModel';

const request = { model: 'fake', device: 'cpu', against: 'other' } as const;
const lines = ['the cow jumped over the moon', 'money'];

const drift = (one: TransformerModel, two: TransformerModel, of: readonly string[] = lines, progress?: (progress: LensProgress) => void) =>
  measureDrift({ ...request, lines: of }, contextOf(one, progress, { other: two }));

/** A model whose attention is even, where the fake one looks at one token only. */
function even(options: FakeModelOptions = {}): TransformerModel {
  const model = fakeModel(options);
  return {
    ...model,
    run: async (batch, outputs, signal) => {
      const found = await model.run(batch, outputs, signal);
      const spread = ({ dims }: Tensor): Tensor => {
        const [rows, heads, size] = dims as [number, number, number, number];
        const data = new Float32Array(rows * heads * size * size);
        for (let at = 0; at < data.length; at++) {
          const { length } = batch[Math.floor(at / (heads * size * size))]!.tokens;
          data[at] = at % size < length ? 1 / length : 0;
        }
        return { dims, data };
      };
      return { ...found, attention: new Map([...found.attention].map(([layer, tensor]) => [layer, spread(tensor)])) };
    },
  };
}

const shaped = (info: Partial<ModelInfo>): TransformerModel => fakeModel({ info: { name: 'Other', ...info } });

describe('drift/measure', () => {
  it('finds exactly nothing between a model and itself', async () => {
    const model = fakeModel();
    const found = await drift(model, model);
    expect([...found.heads.divergence, ...found.heads.difference, ...found.states.cosineDistance, ...found.states.relativeNorm, ...found.lineDivergence].every((value) => value === 0)).toBe(true);
    expect(found.predictions).toMatchObject({ kind: 'masked', divergence: 0, changes: [] });
    // [CLS] and [SEP] count.
    expect([found.tokens, found.cut]).toEqual([8 + 3, 0]);
  });

  it('takes the mean over tokens, without padding', async () => {
    // All weight on one of n tokens against 1/n on each: the padded row would give something else.
    const { heads, lineDivergence } = await drift(fakeModel(), even());
    const bits = (n: number): number => {
      const middle = (1 + 1 / n) / 2;
      return (Math.log2(1 / middle) + (1 / n) * Math.log2(1 / n / middle) + ((n - 1) / n) * Math.log2(2)) / 2;
    };
    // Of the shorter line the fake looks at padding in some heads, as no attention mask lets it.
    expect(lineDivergence[0]).toBeCloseTo(bits(8), 5);
    expect(heads.divergence).toHaveLength(6);
    const alone = await drift(fakeModel(), even(), ['money']);
    expect([...alone.heads.divergence]).toEqual(Array.from({ length: 6 }, () => expect.closeTo(bits(3), 5) as number));
    expect([...alone.heads.difference]).toEqual(Array.from({ length: 6 }, () => expect.closeTo((2 / 3 + 2 / 3) / 3, 5) as number));
  });

  it('measures each hidden state by angle and by length', async () => {
    const turned = fakeModel({ hidden: (state) => (state === 2 ? [0, 3, 0, 0] : state === 1 ? [2, 0, 0, 0] : [1, 0, 0, 0]) });
    const { states } = await drift(fakeModel({ hidden: () => [1, 0, 0, 0] }), turned);
    expect([...states.cosineDistance]).toEqual([0, 0, 1]);
    expect([...states.relativeNorm]).toEqual([0, 1, expect.closeTo(Math.sqrt(10), 5) as number]);
  });

  it('compares predictions at masked places, and names those that change', async () => {
    const likes = (word: string): FakeModelOptions => ({ logits: (ids, place) => ids.map((_, id) => id).concat(Array<number>(40).fill(0)).slice(0, 31).map((_, id) => (id === fakeId(word) ? 4 : ids[place] === fakeId('[MASK]') ? 0 : 9)) });
    const { predictions } = await drift(fakeModel(likes('cow')), fakeModel(likes('bank')), ['  the cow', 'money']);
    const { changes, divergence, places } = predictions!;
    expect(places).toBe(2);
    expect(changes.map(({ line, before, after }) => [line, before.token, after.token])).toEqual([[0, 'cow', 'bank'], [1, 'cow', 'bank']]);
    const [first, second] = changes as [(typeof changes)[0], (typeof changes)[0]];
    expect(['the', 'cow']).toContain('  the cow'.slice(first.start, first.end));
    expect('money'.slice(second.start, second.end)).toBe('money');
    // P at 4, and at 0 for the other, over 31 entries.
    const total = Math.exp(4) + 30;
    expect(divergence).toBeCloseTo(((Math.exp(4) - 1) / total) * (4 / Math.LN2), 4);
  });

  it('asks a decoder for the token that comes next, in the same run', async () => {
    const asked: OutputSelection[] = [];
    const decoder = (): FakeModelOptions => ({
      maskToken: false,
      info: { hasMaskedLanguageHead: false, writes: { task: 'continuation', looksBy: null, layers: 2, heads: 3, window: 16, cached: false, everyState: false } },
      onRun: (_, outputs) => { asked.push(outputs); },
    });
    const { predictions } = await drift(fakeModel(decoder()), fakeModel(decoder()), ['money']);
    expect(predictions).toMatchObject({ kind: 'next', places: 1 });
    // “money” is token 1, and found out after [CLS].
    expect(asked.map(({ attention, logitsAt }) => [attention?.length, logitsAt])).toEqual([[2, [{ row: 0, token: 0 }]], [2, [{ row: 0, token: 0 }]]]);
  });

  it('counts which labelled lines each of two classifiers has right, by the name of a class or its index', async () => {
    const classifier = (classes: NonNullable<FakeModelOptions['classes']>) => fakeModel({ info: { hasMaskedLanguageHead: false }, classes });
    const [one, two] = [classifier(() => [0, 2]), classifier((ids) => (ids.length < 5 ? [2, 0] : [0, 2]))];
    const of = async (labels: readonly (string | null)[] | undefined) =>
      (await measureDrift({ ...request, lines: ['money', 'the cow jumped over', 'grass', 'river'], ...(labels && { labels }) }, contextOf(one, undefined, { other: two }))).predictions!.accuracy;
    // The first calls all good, the other the short ones bad.
    expect(await of(['BAD', 'good', '1', '0'])).toEqual({ lines: 4, before: 2, after: 3, onlyBefore: 1, onlyAfter: 2 });
    expect(await of([null, 'good', 'neither', null])).toEqual({ lines: 1, before: 1, after: 1, onlyBefore: 0, onlyAfter: 0 });
    expect(await of([null, null, 'neither', null])).toBeNull();
    expect(await of(undefined)).toBeNull();
  });

  it('follows words that occur several times: each against its own vector, and against the others of the word', async () => {
    // In the first model a word's uses lie at right angles; in the other they are one, turned by 45 degrees from the first use.
    const uses = (state: number, _: unknown, index: number): readonly number[] => (state === 0 ? [1, 0, 0, 0] : index === 1 ? [1, 0, 0, 0] : [0, 1, 0, 0]);
    const merged = (): readonly number[] => [1, 1, 0, 0];
    const { senses } = await drift(fakeModel({ hidden: uses }), fakeModel({ hidden: merged }), ['money', 'the Money', 'the cow']);
    expect(senses!.words).toEqual([{ word: 'money', places: [{ line: 0, start: 0, end: 5 }, { line: 1, start: 4, end: 9 }] }]);
    const half = expect.closeTo(1 - Math.SQRT1_2, 5) as number;
    expect([...senses!.cosineDistance]).toEqual([half, half, half, half, half, half]);
    expect([...senses!.before]).toEqual([1, 0, 0]);
    expect([...senses!.after].map((value) => Number(value.toFixed(5)))).toEqual([1, 1, 1]);
    // One pair alone has no correlation, and there are no two words.
    for (const none of [senses!.structure, senses!.similarity, senses!.betweenBefore]) expect([...none]).toEqual([NaN, NaN, NaN]);
  });

  it('compares no words that occur once, that it does not know, or that lie behind the window', async () => {
    expect((await drift(fakeModel(), fakeModel(), ['the cow', 'money'])).senses).toBeNull();
    expect((await drift(fakeModel(), fakeModel(), ['xyzzy', 'xyzzy money'])).senses).toBeNull();
    expect((await drift(fakeModel(), shaped({ window: 4 }), ['the cow money', 'money'])).senses).toBeNull();
  });

  it('says why no predictions are compared', async () => {
    const { predictions, noPredictions } = await drift(fakeModel(), shaped({ hasMaskedLanguageHead: false, labels: ['no', 'yes'] }));
    expect(predictions).toBeNull();
    expect(noPredictions).toBe('Predictions are not compared: Other has no output over the vocabulary to ask at places of a text, nor do both tell texts by the same classes.');
  });

  it('compares the class of each line where both tell the same classes and predict no words', async () => {
    const classifier = (classes: NonNullable<FakeModelOptions['classes']>) => fakeModel({ info: { hasMaskedLanguageHead: false }, classes });
    // One is sure of the second class for all; the other takes short lines for the first.
    const { predictions } = await drift(classifier(() => [0, 2]), classifier((ids) => (ids.length < 5 ? [2, 0] : [0, 2])));
    const sure = 1 / (1 + Math.exp(-2));
    expect(predictions).toMatchObject({ kind: 'class', places: 2 });
    expect(predictions!.changes).toHaveLength(1);
    const [change] = predictions!.changes;
    expect(change).toMatchObject({ line: 1, start: 0, end: 5, before: { token: 'good', id: 1 }, after: { token: 'bad', id: 0 } });
    expect(change!.before.probability).toBeCloseTo(sure, 6);
    expect(change!.divergence).toBeCloseTo(2 * (2 * sure - 1) / Math.LN2, 5);
    expect(predictions!.divergence).toBeCloseTo(change!.divergence / 2, 6);
  });

  it.each([
    ['layers', shaped({ layers: 3 }), /2 against 3 layers\. Choose two files/],
    ['heads and sizes', shaped({ heads: 4, hiddenSize: 8 }), /3 against 4 heads a layer, 4 against 8 numbers a token/],
    ['kinds of attention', { ...shaped({}), attention: [{ kind: 'self' as const, outputProjection: null }, { kind: 'causal' as const, outputProjection: null }] }, /what came before only/],
    ['vocabularies', fakeModel({ maskToken: false, info: { name: 'Other' } }), null],
  ])('refuses models of other %s', async (_, other, message) => {
    if (message === null) {
      // The same pieces under other ids.
      const { tokenizer } = other;
      const shifted = Object.assign(Object.create(Object.getPrototypeOf(tokenizer) as object) as typeof tokenizer, tokenizer, {
        encode: (text: string) => {
          const read = tokenizer.encode(text);
          return { ...read, tokens: read.tokens.map((token) => (token.special ? token : { ...token, id: token.id + 1 })) };
        },
      });
      await expect(drift(fakeModel(), { ...other, tokenizer: shifted })).rejects.toMatchObject({ code: 'models-differ', message: expect.stringMatching(/as other tokens: “the” \(5\) against “the” \(6\) at token 1/) as string });
    } else await expect(drift(fakeModel(), other)).rejects.toMatchObject({ code: 'models-differ', message: expect.stringMatching(message) as string });
  });

  it('refuses models without heads, and files without text', async () => {
    await expect(drift(shaped({ layers: 0, heads: 0 }), fakeModel())).rejects.toMatchObject({ code: 'cannot-instrument' });
    await expect(drift(fakeModel(), fakeModel(), ['', '  '])).rejects.toMatchObject({ code: 'empty-text' });
    await expect(drift(fakeModel(), fakeModel(), [])).rejects.toMatchObject({ code: 'empty-text' });
  });

  it('takes what is no number for no agreement', async () => {
    await expect(drift(fakeModel(), fakeModel({ hidden: () => [Number.NaN, 0, 0, 0] }))).rejects.toMatchObject({ code: 'run-failed' });
    await expect(drift(fakeModel(), fakeModel({ logits: () => Array<number>(31).fill(Number.NaN) }))).rejects.toMatchObject({ code: 'run-failed' });
  });

  it('cuts a line that is longer than a window, and says so', async () => {
    const { tokens, cut } = await drift(fakeModel(), shaped({ window: 8 }), ['the cow jumped over the moon and ate her grass', 'money']);
    expect([tokens, cut]).toEqual([8 + 3, 1]);
    expect(longestLine).toBe(256);
  });

  it('reads some lines at a time, tells how far it is, and can be stopped between them', async () => {
    const batches: number[] = [];
    const count = (batch: readonly ModelInput[]): void => { batches.push(batch.length); };
    const many = Array.from({ length: 450 }, () => 'money');
    const said: LensProgress[] = [];
    await drift(fakeModel({ onRun: count }), fakeModel(), many, (progress) => said.push(progress));
    expect(Math.max(...batches) * 3).toBeLessThanOrEqual(512);
    expect(said[0]).toEqual({ message: 'Loading the other model' });
    expect(said.slice(1).map(({ done, total }) => [done! < 450, total])).toEqual(said.slice(1).map(() => [true, 450]));

    const stop = new AbortController();
    const context = { ...contextOf(fakeModel({ onRun: () => { stop.abort(); } }), undefined, { other: fakeModel() }), signal: stop.signal };
    await expect(measureDrift({ ...request, lines: many }, context)).rejects.toThrow();
  });

  it('reads lines one by one with a model that reads them otherwise in a batch', async () => {
    const batches: number[] = [];
    let inBatch = false;
    const shared = fakeModel({
      onRun: (batch, { attention }) => {
        inBatch = batch.length > 1;
        if (attention) batches.push(batch.length);
      },
      hidden: (state, { id }, index) => [state, id, index, inBatch ? 1.5 : 1],
    });
    await drift(fakeModel(), shared, ['money', 'the cow jumped', 'grass', 'river']);
    expect(batches).toEqual([1, 1, 1, 1]);
  });

  it('remembers its answer as long as the other model is the same', async () => {
    let runs = 0;
    const model = fakeModel({ onRun: () => { runs++; } });
    const first = await drift(model, fakeModel());
    const before = runs;
    expect(await drift(model, fakeModel())).toBe(first);
    expect(runs).toBe(before);
    await drift(model, { ...fakeModel(), fingerprint: 'trained on' });
    expect(runs).toBeGreaterThan(before);
  });
});

describe('repeatedWords', () => {
  it('takes content words of two places or more, the most frequent first, and of those some evenly spread', () => {
    const { words, leftOut } = repeatedWords(['the river, the bank', ...Array.from({ length: 24 }, () => 'Money'), 'A bank of the river', 'money'], 1000);
    expect(words.map(({ word, places }) => [word, places.length])).toEqual([['Money', 12], ['river', 2], ['bank', 2]]);
    expect(words[0]!.places.map(({ line }) => line)).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23]);
    expect(leftOut).toBe(0);
  });

  it('leaves out what there is no room for', () => {
    const { words, leftOut } = repeatedWords(['river bank money', 'river bank money', 'money'], 5);
    expect([words.map(({ word }) => word), leftOut]).toEqual([['money', 'river'], 1]);
  });
});

describe('predictionPlaces', () => {
  const { tokenizer } = fakeModel();
  it('draws each eighth token of a word, always the same of a line', () => {
    const line = 'the cow jumped over the moon and ate her grass , the cow jumped over the moon and ate her grass';
    const { tokens } = tokenizer.encode(line);
    const places = predictionPlaces(line, tokens, tokenizer, 0);
    expect(places).toEqual(predictionPlaces(line, tokens, tokenizer, 0));
    expect(places.length).toBeGreaterThanOrEqual(2);
    expect(places.every((place, at) => at === 0 || place - places[at - 1]! >= 8)).toBe(true);
    for (const place of places) expect(tokens[place]).toMatchObject({ special: false });
  });

  it('leaves out punctuation, special and unknown tokens, and masks', () => {
    const line = ', . xyzzy [MASK] ( )';
    expect(predictionPlaces(line, tokenizer.encode(line).tokens, tokenizer, 0)).toEqual([]);
    expect(predictionPlaces('money', tokenizer.encode('money').tokens, tokenizer, 2)).toEqual([]);
  });
});

describe('pickLines', () => {
  it('takes lines with text, without white space around them, where they stand', () => {
    expect(pickLines('one\r\n\n  two \nthree', 10)).toEqual({
      lines: [{ text: 'one', offset: 0, line: 1 }, { text: 'two', offset: 8, line: 3 }, { text: 'three', offset: 13, line: 4 }],
      total: 3,
    });
    expect(pickLines(' \n\n', 10)).toEqual({ lines: [], total: 0 });
  });

  it('spreads those it takes of a long file evenly', () => {
    const text = Array.from({ length: 100_000 }, (_, line) => `line ${line}`).join('\n');
    const { lines: picked, total } = pickLines(text, 1000);
    expect([picked.length, total, picked[0]!.line, picked[1]!.line, picked.at(-1)!.line]).toEqual([1000, 100_000, 1, 101, 99_901]);
    for (const { offset, text: own } of picked) expect(text.startsWith(own, offset)).toBe(true);
  });

  it('takes what lies in a range only', () => {
    expect(pickLines('one two\nthree\nfour', 10, { within: { start: 4, end: 10 } }).lines).toEqual([{ text: 'two', offset: 4, line: 1 }, { text: 'th', offset: 8, line: 2 }]);
  });

  it('takes labels and texts of a file of labelled lines apart, wherever the texts stand', () => {
    const tsv = 'good\tgood soup\nbad\tcold soup\n\ngood\twarm bread\nbad\tno bread\n';
    const { lines: picked, total } = pickLines(tsv, 10, { name: 'lines.tsv' });
    expect([total, picked[0], picked[2]]).toEqual([4, { text: 'good soup', offset: 5, line: 1, label: 'good' }, { text: 'warm bread', offset: 35, line: 4, label: 'good' }]);
    for (const line of picked) {
      const { start, end } = placeInDocument(line, { start: 0, end: line.text.length });
      expect(tsv.slice(start, end)).toBe(line.text);
    }
    expect(askedLines({ lines: picked, total })).toEqual({ lines: ['good soup', 'cold soup', 'warm bread', 'no bread'], labels: ['good', 'bad', 'good', 'bad'] });
    expect(pickLines(tsv, 10, { name: 'lines.tsv', only: ({ line }) => line === 2 }).lines.map(({ text }) => text)).toEqual(['cold soup']);
    expect(pickLines(tsv, 10, { name: 'lines.tsv', within: { start: 12, end: 20 } }).lines.map(({ line }) => line)).toEqual([1, 2]);
    // Written with an escape, the text has no place of its own: all of its record stands for it.
    const jsonl = '{"label":"a","text":"one"}\n{"label":"a","text":"t\\u0077o"}\n{"label":"b","text":"three"}\n{"label":"b","text":"four"}\n';
    const escaped = pickLines(jsonl, 10, { name: 'x.jsonl' }).lines[1]!;
    expect(escaped).toMatchObject({ text: 'two', record: { start: 27 } });
    expect(placeInDocument(escaped, { start: 1, end: 2 })).toEqual(escaped.record);
  });

  it('takes other files as they are: prose, pairs of texts, and broken ones', () => {
    const whole = (name: string, text: string): boolean => pickLines(text, 10, { name }).lines.every(({ label }) => label === undefined);
    expect(whole('lines.txt', 'a\tone\na\ttwo\nb\tthree\nb\tfour')).toBe(true);
    expect(whole('pairs.tsv', 'the cow\tla vaca\nthe moon\tla luna\nmoney\tdinero')).toBe(true);
    expect(whole('lines.csv', 'He said, no\nand then\n"never')).toBe(true);
    expect(whole('lines.tsv', 'a\tone\nb\ttwo\nno tab\na\tthree\nneither\nb\tfour')).toBe(true);
  });

  it('keeps no half of a character where it shortens a line', () => {
    const [line] = pickLines(`a${'😀'.repeat(3000)}`, 1).lines;
    expect(line!.text.length).toBe(3999);
    expect(line!.text).toMatch(/^a\p{Extended_Pictographic}+$/u);
  });
});

describe('driftRows', () => {
  it('has a table of heads, of states, and of changed predictions in the document', async () => {
    const likes = (word: string): FakeModelOptions => ({ logits: () => Array.from({ length: 31 }, (_, id) => (id === fakeId(word) ? 4 : 0)) });
    const { lines: picked } = pickLines('\n  money', 10);
    const found = await drift(fakeModel(likes('cow')), fakeModel(likes('bank')), picked.map(({ text }) => text));
    expect(driftRows(found, picked, 'heads')).toHaveLength(7);
    expect(driftRows(found, picked, 'heads')[4]).toEqual([1, 0, 0, 0]);
    expect(driftRows(found, picked, 'states').map((row) => row[0])).toEqual(['state', 0, 1, 2]);
    expect(driftRows(found, picked, 'changes')[1]!.slice(0, 5)).toEqual([2, 3, 8, 'money', 'cow']);
    expect(changesOf(found, picked)[0]).toMatchObject({ line: 2, start: 3, end: 8, text: 'money' });
  });
});
