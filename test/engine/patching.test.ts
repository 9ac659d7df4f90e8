import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import type { Outcome } from '../../src/lenses/evidence/contract';
import { openOutcome } from '../../src/lenses/evidence/outcome';
import { patch } from '../../src/lenses/evidence/patch';
import { patchingExample } from '../../src/lenses/evidence/patchingExample';
import type { Prediction } from '../../src/lenses/predictions/contract';
import type { SenseName } from '../../src/lenses/senses/contract';
import { nothingOff, type Switches } from '../../src/lenses/whatIf/contract';
import { contextOf } from '../support/computeContext';
import { lessonSection } from '../support/lesson';
import { withoutResuming } from '../support/withoutResuming';

const builtInModels = join(import.meta.dirname, '..', '..', 'models');
const engine = new Engine((target, signal) => loadModel(target, { builtInModels, storage: null }, signal));
afterAll(() => engine.dispose());

const encoder = { model: 'encoder', device: 'cpu' } as const;
const decoder = { model: 'decoder', device: 'cpu' } as const;
const translator = { model: 'translator', device: 'cpu' } as const;
const states = { of: 'states', direction: 'denoising' } as const;

const inGap = (text: string, word: string): Outcome => ({ kind: 'word', text, at: { start: text.indexOf('['), end: text.indexOf(']') + 1 }, word });
const occurrence = (line: string, word: string) => {
  const sentence = line.slice('- '.length);
  return { sentence, start: sentence.indexOf(word), end: sentence.indexOf(word) + word.length };
};

describe('patching', () => {
  it('all tokens of a state with those of another text gives that text’s outcome', async () => {
    const clean = inGap('The cow jumped over the [MASK].', 'moon');
    const corrupted = inGap('The man jumped over the [MASK].', 'moon');
    const model = await loadModel({ ...encoder, intervenes: true, resumes: true }, { builtInModels, storage: null }, new AbortController().signal);
    const context = contextOf(model);
    const [base, source] = [openOutcome(corrupted, context), openOutcome(clean, context)];
    const [row, other] = [base.rows[0]!, source.rows[0]!];
    const [expected] = await source.measure([{ rows: [other] }]);
    const { hidden } = await model.run([other], { hidden: Array.from({ length: model.info.layers + 1 }, (_, state) => state) }, context.signal);
    for (const [state, { data }] of hidden) {
      const size = model.info.hiddenSize;
      const states = row.tokens.map((_, token) => ({ state, token, by: data.slice(token * size, (token + 1) * size) }));
      const [patched] = await base.measure([{ rows: [{ ...row, interventions: { states } }] }]);
      expect(patched).toBeCloseTo(expected!, 7);
    }
    await model.dispose();
  });

  it('goes on from the states below, and comes to the same as all layers do', async () => {
    const model = await loadModel({ ...encoder, intervenes: true, resumes: true }, { builtInModels, storage: null }, new AbortController().signal);
    expect(model.resumes).toBe(true);
    const [clean, corrupted] = [inGap('The cow jumped over the [MASK].', 'moon'), inGap('A fat man jumped over it [MASK].', 'moon')];
    for (const of of ['states', 'heads'] as const) {
      const request = { ...encoder, clean, corrupted, of, direction: 'denoising' } as const;
      const resumed = await patch(request, contextOf(model));
      const whole = await patch(request, contextOf(withoutResuming(model)));
      resumed.patched.forEach((value, at) => {
        if (Number.isNaN(value)) expect(whole.patched[at]).toBeNaN();
        else expect(value).toBeCloseTo(whole.patched[at]!, 7);
      });
    }
    await model.dispose();
  });

  it('of the one word that differs recovers all below the layers, and the gap’s own last state does above', async () => {
    const found = await engine.call('evidence/patch', {
      ...encoder, ...states, clean: inGap('The cow jumped over the [MASK].', 'moon'), corrupted: inGap('The man jumped over the [MASK].', 'moon'),
    });
    const { columns, effect, rows, tokens } = found;
    const gap = tokens.findIndex(({ piece }) => piece === '[MASK]');
    expect(effect[2]).toBeCloseTo(1, 4);
    expect(effect[(rows - 1) * columns + gap]).toBeCloseTo(1, 4);
    for (let token = 0; token < columns; token++) if (token !== gap) expect(effect[(rows - 1) * columns + token]).toBeCloseTo(0, 4);
    expect(found.limits).toEqual([]);
  });

  it('“stand” of the music sentence into the one about noise moves its sense and its substitutes', async () => {
    const sentences = lessonSection(4);
    const [music, noise] = [occurrence(sentences[0]!, 'stand'), occurrence(sentences[3]!, 'stand')];
    const request = { ...encoder, ...states, clean: { kind: 'cosine', pair: [music, music] }, corrupted: { kind: 'cosine', pair: [noise, music] } } as const;
    const { clean, columns, corrupted, effect, from, rows, tokens } = await engine.call('evidence/patch', request);
    expect(clean).toBeCloseTo(1, 5);
    expect(corrupted).toBeLessThan(0.6);
    const stand = tokens.findIndex(({ text }) => text === 'stand');
    expect(from[stand]).toBe(10);
    // The later the state, the more of the sense is in the word itself.
    const byState = Array.from({ length: rows }, (_, row) => effect[row * columns + stand]!);
    expect(byState[0]).toBeLessThan(0.6);
    expect(byState.at(-1)).toBeCloseTo(1, 4);
    expect(byState.slice(1).every((value, index) => value > byState[index]!)).toBe(true);
    const { before, kind, patched, source } = await engine.call('evidence/patchedAnswers', { ...request, row: rows - 1, column: stand, top: 5 });
    expect(kind).toBe('substitutes');
    expect(patched.map(({ token }) => token)).toEqual(source.map(({ token }) => token));
    expect(before.map(({ token }) => token)).not.toEqual(source.map(({ token }) => token));
  });

  it('of the shipped example moves what the word means, and what could stand in its place', async () => {
    const { direction, of, outcome, state, word } = patchingExample;
    const [noise, music] = outcome.pair;
    const lines = lessonSection(4).map((line) => line.slice('- '.length));
    expect([music.sentence, noise.sentence]).toEqual([lines[0], lines[3]]);
    const request = { ...encoder, of, direction, clean: { kind: 'cosine', pair: [music, music] }, corrupted: outcome } as const;
    const { columns, effect, rows, tokens } = await engine.call('evidence/patch', request);
    const column = tokens.findIndex(({ start, text }) => start === word.start && text === 'stand');
    const at = (row: number) => engine.call('evidence/patchedAnswers', { ...request, row, column, top: 6 });
    const first = ({ senses: [one] }: SenseName) => one!.gloss;
    const { before, kind, patched, senses, source } = await at(state);
    expect(kind).toBe('substitutes');
    expect(senses!.states).toEqual([4, 5, 6]);
    // From the one meaning to the other, both of them clear.
    expect([senses!.before, senses!.patched, senses!.source].map(first)).toEqual(['put up with something or somebody unpleasant', 'a support or foundation', 'a support or foundation']);
    expect([senses!.before.clear, senses!.patched.clear, senses!.source.clear]).toEqual([true, true, true]);
    expect(senses!.patched.senses[0]!.probability).toBeGreaterThan(0.7);
    // From what is done with noise to what notes lie on.
    const words = (list: readonly Prediction[]): string[] => list.map(({ token }) => token);
    expect(words(before).slice(0, 3)).toEqual(['hear', 'understand', 'notice']);
    expect(words(patched).filter((one) => words(source).includes(one)).length).toBeGreaterThanOrEqual(3);
    expect(words(patched).filter((one) => words(before).includes(one))).toEqual([]);
    expect(effect[state * columns + column]).toBeGreaterThan(0.9);
    // By the embedding alone, the same word at another place, it does not come over.
    const embedded = await at(0);
    expect(first(embedded.senses!.patched)).not.toBe(first(senses!.source));
    // The last state is one of three that the sense is read off.
    expect((await at(rows - 1)).senses!.patched.clear).toBe(false);
  });

  it('names no sense where another outcome is measured', async () => {
    const request = { ...encoder, ...states, clean: inGap('The cow jumped over the [MASK].', 'moon'), corrupted: inGap('The man jumped over the [MASK].', 'moon') };
    expect((await engine.call('evidence/patchedAnswers', { ...request, row: 1, column: 2, top: 3 })).senses).toBeNull();
  });

  it('goes into a decoder stack, whose tokens before the first difference carry none of it', async () => {
    const text = 'Once upon a time there was a little';
    const { steps } = await engine.call('generation/generate', { ...decoder, text, choice: { kind: 'greedy' }, alternatives: 0, maxTokens: 1 });
    const next = (of: string): Outcome => ({ kind: 'nextToken', text: of, token: steps[0]!.id });
    const { columns, effect, limits } = await engine.call('evidence/patch', { ...decoder, ...states, clean: next(text), corrupted: next('Once upon a time there was a big') });
    for (let token = 0; token < columns; token++) expect(effect[3 * columns + token]).toBeCloseTo(token === columns - 1 ? 1 : 0, 3);
    expect(limits).toHaveLength(1);
    expect(limits[0]).toContain('state 6 cannot be replaced');
  });

  it('goes into the encoder of an encoder–decoder', async () => {
    const text = 'The cow jumped over the moon.';
    const { steps } = await engine.call('translation/translate', { ...translator, text, choice: { kind: 'greedy' }, alternatives: 0 });
    const next = (of: string): Outcome => ({ kind: 'nextToken', text: of, written: { ids: [steps[0]!.id] }, token: steps[1]!.id });
    const { effect, patched, clean } = await engine.call('evidence/patch', { ...translator, ...states, clean: next(text), corrupted: next('The dog jumped over the moon.') });
    expect(effect[1]).toBeCloseTo(1, 4);
    expect(patched[1]).toBeCloseTo(clean, 5);
  });

  it('goes into the encoder of an encoder–decoder of which a head is off, and some of the text', async () => {
    const text = 'Today the cow jumped over the moon.';
    const { steps, tokens } = await engine.call('translation/translate', { ...translator, text, choice: { kind: 'greedy' }, alternatives: 0 });
    const at = steps.findIndex(({ token }) => token === 'vac');
    const next = (of: string): Outcome => ({ kind: 'nextToken', text: of, written: { ids: steps.slice(0, at).map(({ id }) => id) }, token: steps[at]!.id });
    const other = text.replace('cow', 'dog');
    const ids = (await engine.call('attention/overview', { ...translator, text: other })).tokens.map(({ id }) => id);
    const switches = { heads: [{ part: 'cross', layer: 2, head: 1 }], ablation: 'zero', layers: [], edges: [], tokens: [{ token: 1, to: 'deleted' }], withoutPositions: false, ids } as const;
    const { clean, columns, patched, corrupted } = await engine.call('evidence/patch', { ...translator, ...states, clean: next(text), corrupted: next(other), switches });
    expect(tokens[2]!.text.trim()).toBe('cow');
    // The text without its first word is what is patched; the state of "cow" counts.
    expect(Math.abs(patched[2]! - corrupted)).toBeGreaterThan(0.001);
    for (const token of [0, 3, 4]) expect(Math.abs(patched[columns + token]! - corrupted)).toBeLessThan(Math.abs(patched[2]! - corrupted) / 4);
    expect(clean).not.toBeCloseTo(corrupted, 2);
  });

  it('is of the model as it is switched', async () => {
    const request = { ...encoder, ...states, clean: inGap('The cow jumped over the [MASK].', 'moon'), corrupted: inGap('The man jumped over the [MASK].', 'moon') };
    const switches = { heads: [{ part: 'encoder', layer: 2, head: 1 }], ablation: 'zero', layers: [], edges: [], tokens: [], withoutPositions: false, ids: null } as const;
    const [whole, switched] = [await engine.call('evidence/patch', request), await engine.call('evidence/patch', { ...request, switches })];
    expect(switched.clean).not.toBeCloseTo(whole.clean, 6);
    expect(switched.effect[2]).toBeCloseTo(1, 4);
  });
});

describe('attribution', () => {
  it('is the outcome less that of the text without the word', async () => {
    const text = 'The cow jumped over the [MASK].';
    const outcome = inGap(text, 'moon');
    const { parts, value } = await engine.call('evidence/attribution', { ...encoder, outcome, by: 'word', method: 'mask' });
    const cow = parts.find(({ start, end }) => text.slice(start, end) === 'cow')!;
    // [MASK] in its place is what "mask" means; only the later one is asked about.
    const masked = text.replace('cow', '[MASK]');
    const both = await engine.call('predictions/predict', { ...encoder, text: masked, top: 0, candidates: ['moon'] });
    expect(cow.without).toBeCloseTo(both.masks[1]!.candidates[0]!.probability!, 6);
    expect(cow.effect).toBeCloseTo(value - cow.without, 6);
  });

  it('takes the words of a source away, beside cross-attention', async () => {
    const text = 'The cow jumped over the moon.';
    const { steps } = await engine.call('translation/translate', { ...translator, text, choice: { kind: 'greedy' }, alternatives: 0 });
    const outcome: Outcome = { kind: 'nextToken', text, written: { ids: [steps[0]!.id] }, token: steps[1]!.id };
    const { attended, isCross, parts } = await engine.call('evidence/attribution', { ...translator, outcome, by: 'word', method: 'delete' });
    const strongest = parts.reduce((most, part) => (Math.abs(part.effect) > Math.abs(most.effect) ? part : most));
    expect(text.slice(strongest.start, strongest.end)).toBe('cow');
    expect(isCross).toBe(true);
    expect(attended.map(({ way }) => way)).toEqual(['attention', 'norms']);
    await expect(engine.call('evidence/attribution', { ...translator, outcome, by: 'word', method: 'mask' })).rejects.toMatchObject({ code: 'no-mask-token' });
  });

  describe('of a model with some of the text deleted', () => {
    const deleting = async (target: { readonly model: string; readonly device: 'cpu' }, text: string, token: number): Promise<{ readonly switches: Switches }> => {
      const ids = (await engine.call('attention/overview', { ...target, text })).tokens.map(({ id }) => id);
      return { switches: { ...nothingOff, tokens: [{ token, to: 'deleted' }], ids } };
    };
    const text = 'Today the cow jumped over the [MASK].';
    const partOf = <T extends { readonly start: number; readonly end: number }>(parts: readonly T[], word: string, of = text): T => parts.find(({ start, end }) => of.slice(start, end) === word)!;
    const measured = async (of: string): Promise<number> => (await engine.call('evidence/measure', { ...encoder, outcome: inGap(of, 'moon') })).value;

    it('leaves words out of what is left', async () => {
      const off = await deleting(encoder, text, 1);
      for (const [method, without] of [['delete', 'the jumped over the [MASK].'], ['mask', 'the [MASK] jumped over the [MASK].']] as const) {
        const { parts, value, attended } = await engine.call('evidence/attribution', { ...encoder, ...off, outcome: inGap(text, 'moon'), by: 'word', method });
        expect(value).toBeCloseTo(await measured('the cow jumped over the [MASK].'), 6);
        const at = without.lastIndexOf('[');
        const plain = await engine.call('evidence/measure', { ...encoder, outcome: { kind: 'word', text: without, at: { start: at, end: at + 6 }, word: 'moon' } });
        expect(partOf(parts, 'cow').without).toBeCloseTo(plain.value, 6);
        expect(Math.abs(partOf(parts, 'cow').effect)).toBeGreaterThan(1e-4);
        // What is not there does nothing, and nothing looks at it.
        expect(partOf(parts, 'Today').effect).toBeCloseTo(0, 7);
        for (const { weights } of attended) expect(weights[parts.indexOf(partOf(parts, 'Today'))]).toBe(0);
      }
    });

    it('says so where the place that is measured is deleted', async () => {
      const tokens = (await engine.call('attention/overview', { ...encoder, text })).tokens;
      const off = await deleting(encoder, text, tokens.findIndex(({ piece }) => piece === '[MASK]'));
      await expect(engine.call('evidence/attribution', { ...encoder, ...off, outcome: inGap(text, 'moon'), by: 'word', method: 'delete' })).rejects.toMatchObject({ code: 'out-of-range', message: expect.stringContaining('deleted by a switch') as string });
    });

    it('hides and replaces tokens in what is left, too', async () => {
      const off = await deleting(encoder, text, 1);
      const hidden = { switches: { ...off.switches, tokens: [{ token: 1, to: 'hidden' }, { token: 4, to: { id: off.switches.ids![3]! } }] as const } };
      const { parts } = await engine.call('evidence/attribution', { ...encoder, ...hidden, outcome: inGap(text, 'moon'), by: 'word', method: 'delete' });
      // "jumped" reads "cow"; without "over", the same words are hidden and replaced in the shorter text.
      const shorter = 'Today the cow jumped the [MASK].';
      const ids = (await engine.call('attention/overview', { ...encoder, text: shorter })).tokens.map(({ id }) => id);
      const plain = await engine.call('evidence/measure', { ...encoder, outcome: inGap(shorter, 'moon'), switches: { ...hidden.switches, ids } });
      expect(partOf(parts, 'over').without).toBeCloseTo(plain.value, 6);
    });

    it('leaves words of a source out of what is left of it', async () => {
      const source = 'Today the cow jumped over the moon.';
      const off = await deleting(translator, source, 0);
      const { steps } = await engine.call('translation/translate', { ...translator, text: 'the cow jumped over the moon.', choice: { kind: 'greedy' }, alternatives: 0 });
      const next = (of: string): Outcome => ({ kind: 'nextToken', text: of, written: { ids: [steps[0]!.id] }, token: steps[1]!.id });
      const { parts, value } = await engine.call('evidence/attribution', { ...translator, ...off, outcome: next(source), by: 'word', method: 'delete' });
      const plain = async (of: string): Promise<number> => (await engine.call('evidence/measure', { ...translator, outcome: next(of) })).value;
      expect(value).toBeCloseTo(await plain('the cow jumped over the moon.'), 6);
      expect(partOf(parts, 'cow', source).without).toBeCloseTo(await plain('the jumped over the moon.'), 6);
      expect(partOf(parts, 'Today', source).effect).toBeCloseTo(0, 7);
    });

    it('is as right for what moves one of two occurrences', async () => {
      const place = (sentence: string) => ({ sentence, start: sentence.indexOf('moon'), end: sentence.indexOf('moon') + 'moon'.length });
      const [sentence, other] = ['Today the cow saw the moon.', place('The moon rose above the hills.')];
      const off = await deleting(encoder, sentence, 1);
      const [found, plain] = await Promise.all([
        engine.call('senses/compareOccurrences', { ...encoder, ...off, pair: [place(sentence), other], top: 0 }),
        engine.call('senses/compareOccurrences', { ...encoder, pair: [place('the cow saw the moon.'), other], top: 0 }),
      ]);
      const cow = partOf(found.sides[0].context, 'cow', sentence);
      expect(partOf(found.sides[0].context, 'Today', sentence).moved).toBeCloseTo(0, 6);
      expect(cow.moved).toBeCloseTo(partOf(plain.sides[0].context, 'cow', 'the cow saw the moon.').moved, 5);
      expect(cow.moved).toBeGreaterThan(1e-3);
    });

    it('is as right for the words of a class', async () => {
      const review = 'Today a dull mess of a film.';
      const off = await deleting(encoder, review, 1);
      const found = await engine.call('classification/evidence', { ...encoder, ...off, text: review, method: 'delete' });
      const whole = await engine.call('classification/classify', { ...encoder, text: 'a dull mess of a film.' });
      const without = await engine.call('classification/classify', { ...encoder, text: 'a mess of a film.' });
      const dull = partOf(found.words, 'dull', review);
      expect(dull.probability).toBeCloseTo(whole.probabilities![found.of]! - without.probabilities![found.of]!, 5);
    });
  });
});
