import { describe, expect, it } from 'vitest';
import { HeadlightError } from '../../../src/errors';
import type { LensMethod, LensService } from '../../../src/lenses/calls';
import { parseChecks } from '../../../src/lenses/checks/parse';
import { type CheckResult, type CheckRun, runChecks } from '../../../src/lenses/checks/run';
import { nameAt, nameOf, rangeOf, tokensOf } from '../../../src/lenses/checks/words';
import type { OutcomeRequest } from '../../../src/lenses/evidence/contract';
import { encoderInfo } from '../../support/encoderInfo';
import { fakeTokenizer } from '../../support/fakeModel';

const tokenizer = fakeTokenizer(true);

/** Answers with a fixed number, or what a test says. */
function serviceOf(answers: Partial<Record<LensMethod, (request: never) => unknown>> = {}): LensService & { readonly asked: [string, object][] } {
  const asked: [string, object][] = [];
  const all: Partial<Record<LensMethod, (request: never) => unknown>> = {
    'model/load': () => ({ ...encoderInfo, labels: ['negative', 'positive'] }),
    'model/hash': () => ({ hash: 'aaaaaaaaaaaaaaaa' }),
    'evidence/measure': ({ switches }: OutcomeRequest) => ({ model: { ...encoderInfo, labels: ['negative', 'positive'] }, name: 'P(moon)', scale: 'probability', value: switches ? 0.3 : 0.2 }),
    'classification/classify': () => ({ model: { ...encoderInfo, labels: ['negative', 'positive'] }, label: 0 }),
    ...answers,
  };
  return {
    asked,
    call: (method, request) => {
      asked.push([method, request]);
      const answer = all[method];
      if (!answer) throw new Error(`Nobody answers ${method}`);
      return Promise.resolve().then(() => answer(request as never) as never);
    },
  };
}

async function run(lines: string, service: LensService, options: CheckRun = {}): Promise<CheckResult[]> {
  const { faults, file } = parseChecks(`model: encoder\n${lines}`);
  expect(faults).toEqual([]);
  const results: CheckResult[] = [];
  await runChecks(file!, service, { model: 'encoder', device: 'cpu' }, { ...options, onResult: (_, __, result) => { results.push(result); } });
  return results;
}

const text = 'text: the cow jumped over the moon\n';

describe('runChecks', () => {
  it('holds a number against its bound by each relation', async () => {
    const results = await run(`${text}${['>= 0.2', '<= 0.2', '> 0.2', '< 0.2', '>= 0.21', '<= 0.19'].map((relation) => `P(moon) ${relation}\n`).join('')}`, serviceOf());
    expect(results.map(({ status }) => status)).toEqual(['passed', 'passed', 'failed', 'failed', 'failed', 'failed']);
    expect(results[4]!.message).toBe('Expected P(moon) >= 0.21, measured 0.2: 0.01 too low.');
    expect(results[5]!.message).toContain('0.01 too high');
    expect(results[3]!.message).toContain('not beyond the bound');
  });

  it('takes an effect as what is left less the whole, with what is off by part', async () => {
    const service = serviceOf();
    const [result] = await run(`${text}effect (mean) of head 5.1 and layer 2 and positions on P(moon) < 0\n`, service);
    expect(result).toMatchObject({ status: 'failed' });
    expect((result as { measured: number }).measured).toBeCloseTo(0.1, 9);
    expect(result!.message).toContain('P(moon) is 0.2 with it and 0.3 without.');
    const measures = service.asked.filter(([method]) => method === 'evidence/measure').map(([, request]) => request as OutcomeRequest);
    expect(measures[0]).not.toHaveProperty('switches');
    expect(measures[1]!.switches).toMatchObject({ ablation: 'mean', heads: [{ part: 'encoder', layer: 5, head: 1 }], layers: [{ part: 'encoder', layer: 2 }], withoutPositions: true });
    expect(measures[0]!.outcome).toEqual({ kind: 'word', text: 'the cow jumped over the moon', at: { start: 24, end: 28 }, word: 'moon' });
  });

  it('asks in the place that is named, at the mask of the text, or where the word stands', async () => {
    const service = serviceOf();
    await run(`${text}P(sun) at the#2 > 0\ntext: the [MASK] moon\nP(moon) > 0\n`, service);
    expect(service.asked.filter(([method]) => method === 'evidence/measure').map(([, request]) => (request as { outcome: { at: object } }).outcome.at)).toEqual([{ start: 20, end: 23 }, { start: 4, end: 10 }]);
    const [unplaced] = await run(`${text}P(sun) > 0\n`, serviceOf());
    expect(unplaced).toMatchObject({ status: 'error', message: expect.stringContaining('P(sun) at') as string });
  });

  it('adds up a key’s tokens, takes the mean over a query’s, and says where a head looks instead', async () => {
    const { tokens } = tokenizer.encode('the stands ate grass');
    const { length } = tokens;
    const weights = new Float32Array(length * length);
    const at = (name: string): number => tokens.findIndex((token) => token.text === name);
    const [query, key] = [tokensOf({ word: 'grass', number: null }, ['the stands ate grass'], tokens), tokensOf({ word: 'stands', number: null }, ['the stands ate grass'], tokens)];
    for (const column of key) weights[query[0]! * length + column] = 0.1 * (column + 1);
    weights[query[0]! * length + at('ate')] = 0.6;
    const service = serviceOf({ 'attention/textMap': () => ({ model: encoderInfo, part: 'encoder', tokens, queries: tokens, written: null, weights }) });
    const [result] = await run('text: the stands ate grass\nhead 1.2: grass → stands > 0.9\n', service);
    expect((result as { measured: number }).measured).toBeCloseTo(key.reduce((sum, column) => sum + 0.1 * (column + 1), 0), 6);
    expect(result!.message).toContain('It looks most at “ate”: 0.6.');
    expect(service.asked.find(([method]) => method === 'attention/textMap')![1]).toMatchObject({ part: 'encoder', map: { kind: 'head', layer: 1, head: 2 } });
  });

  it('makes an error, and no failure, of what cannot be measured, and goes on', async () => {
    const broken = serviceOf({ 'evidence/measure': () => { throw new HeadlightError('run-failed', 'It answers with no number.'); } });
    expect(await run(`${text}P(moon) > 0\nP(cow) > 0\n`, broken)).toEqual(Array(2).fill({ status: 'error', message: 'It answers with no number.' }));
    const nan = serviceOf({ 'evidence/measure': () => ({ value: NaN }) });
    expect((await run(`${text}P(moon) > 0\n`, nan))[0]).toMatchObject({ status: 'error', message: expect.stringContaining('NaN') as string });
    expect((await run(`${text}class angry > 0\n`, serviceOf()))[0]).toMatchObject({ status: 'error', message: expect.stringContaining('no class “angry”. Name one of negative, positive') as string });
  });

  it('asks nothing of a model with another hash, unless it is told to', async () => {
    const service = serviceOf();
    const file = `hash: bbbbbbbbbbbbbbbb\n${text}P(moon) > 0\n`;
    expect((await run(file, service))[0]).toMatchObject({ status: 'error', message: expect.stringMatching(/made for another model.*bbbb.*aaaa.*--any-model.*--update/) as string });
    expect(service.asked.map(([method]) => method)).toEqual(['model/hash']);
    expect((await run(file, serviceOf(), { anyModel: true }))[0]).toMatchObject({ status: 'passed' });
    expect((await run(file.replace('bbbbbbbbbbbbbbbb', 'aaaaaaaaaaaaaaaa'), serviceOf()))[0]).toMatchObject({ status: 'passed' });
  });

  it('stops when it is cancelled, and runs only what it is asked for', async () => {
    const cancelled = serviceOf({ 'evidence/measure': () => { throw new HeadlightError('cancelled', 'Cancelled.'); } });
    await expect(run(`${text}P(moon) > 0\n`, cancelled)).rejects.toMatchObject({ code: 'cancelled' });
    expect(await run(`${text}P(moon) > 0\nP(cow) > 0\n`, serviceOf(), { only: ({ bound, range }) => bound === 0 && range.start > 60 })).toHaveLength(1);
  });
});

describe('words of checks', () => {
  const source = 'The cow jumped over the moon, and the cow ate.';
  const { tokens } = tokenizer.encode(source);
  const textsOf = (indexes: readonly number[]): string[] => indexes.map((index) => tokens[index]!.text);

  it('are words of the text, whatever their case, or tokens', () => {
    expect(textsOf(tokensOf({ word: 'moon', number: null }, [source], tokens))).toEqual(['moon']);
    expect(tokensOf({ word: '[CLS]', number: null }, [source], tokens)).toEqual([0]);
    expect(textsOf(tokensOf({ word: 'the', number: 1 }, [source], tokens))).toEqual(['The']);
    expect(tokensOf({ word: 'cow', number: 2 }, [source], tokens)[0]).toBeGreaterThan(tokensOf({ word: 'cow', number: 1 }, [source], tokens)[0]!);
    expect(rangeOf({ word: 'cow', number: 2 }, source)).toEqual({ start: 38, end: 41 });
  });

  it.each([[{ word: 'cow', number: null }, 'cow#1'], [{ word: 'cow', number: 3 }, 'no cow#3'], [{ word: 'pig', number: null }, '“pig” is no word']] as const)('refuses %j', (named, message) => {
    expect(() => tokensOf(named, [source], tokens)).toThrow(message);
    expect(() => rangeOf(named, source)).toThrow(message);
  });

  it('have a name for each token that means it, in one text and in two', () => {
    for (const texts of [[source], [source, 'the stands and the cow(s)']] as const) {
      const own = tokenizer.encode(texts[0], texts[1]).tokens;
      for (const [index] of own.entries()) expect(tokensOf(nameOf(index, texts, own), texts, own), own[index]!.text).toContain(index);
    }
    expect(nameAt({ start: 38, end: 41 }, source)).toEqual({ word: 'cow', number: 2 });
    expect(nameAt({ start: 24, end: 28 }, source)).toEqual({ word: 'moon', number: null });
  });
});
