import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EngineClient } from '../../src/engine/client';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import type { HeadlightError } from '../../src/errors';
import type { LensProgress } from '../../src/lenses/calls';
import { continued } from '../../src/lenses/writing/continued';
import type { WrittenStep } from '../../src/lenses/writing/contract';
import { bundle } from '../support/bundle';

const root = join(import.meta.dirname, '..', '..');
const setup = { builtInModels: join(root, 'models'), storage: null };
const fixtures = join(root, 'test', 'fixtures', 'writers');
const cow = 'The cow jumped over the moon.';
const greedy = { kind: 'greedy' } as const;
const beams = { kind: 'beams', beams: 4 } as const;
const translator = { model: 'translator', device: 'cpu', text: cow, alternatives: 3 } as const;
const decoder = { model: 'decoder', device: 'cpu', text: 'The cow', alternatives: 3 } as const;

const failure = (promise: Promise<unknown>): Promise<HeadlightError> =>
  promise.then(
    () => expect.fail('no error'),
    (error: unknown) => error as HeadlightError,
  );

describe('writing', () => {
  let engine: Engine;
  beforeAll(() => {
    engine = new Engine((target, signal) => loadModel(target, setup, signal));
  });
  afterAll(() => engine.dispose());

  it('draws the same with the same seed, and other tokens with another', async () => {
    const draw = async (seed: number): Promise<string> =>
      (await engine.call('generation/generate', { ...decoder, choice: { kind: 'sample', seed, temperature: 1.2, topK: 50, topP: 0.95 }, maxTokens: 12 })).output;
    const first = await draw(7);
    expect(await draw(7)).toBe(first);
    expect(await draw(8)).not.toBe(first);
  });

  it('says how probable a drawn token was among those it was drawn from', async () => {
    const { steps } = await engine.call('translation/translate', { ...translator, choice: { kind: 'sample', seed: 1, topK: 2 } });
    for (const { alternatives, drawnWith, id, probability } of steps) {
      const [first, second] = alternatives;
      expect([first!.id, second!.id]).toContain(id);
      expect(drawnWith).toBeCloseTo(probability / (first!.probability + second!.probability), 4);
    }
  });

  it('goes on from an alternative that is forced', async () => {
    const before = await engine.call('translation/translate', { ...translator, choice: greedy });
    const other = before.steps[4]!.alternatives[1]!;
    const prefix = { ids: [...before.steps.slice(0, 4).map(({ id }) => id), other.id] };
    for (const choice of [greedy, beams]) {
      const branch = await engine.call('translation/translate', { ...translator, choice, prefix });
      expect(branch.steps.slice(0, 5).map(({ id }) => id)).toEqual(prefix.ids);
      expect(branch.steps.map(({ forced }) => forced)).toEqual(branch.steps.map((_, step) => step < 5));
      expect(branch.steps[4]!.probability).toBeCloseTo(other.probability, 5);
      expect(branch.output).toMatch(/^La vaca/);
      expect(branch.stopped).toBe('stop-token');
    }
  });

  it('begins with words, in a translation and behind a text', async () => {
    const forced = await engine.call('translation/translate', { ...translator, choice: beams, prefix: { text: 'El animal' } });
    expect(forced.output).toMatch(/^El animal /);
    const written = await engine.call('generation/generate', { ...decoder, choice: greedy, prefix: { text: 'was sold' }, maxTokens: 6 });
    expect(written.output).toMatch(/^ was sold/);
  });

  it('keeps a tree of all that beam search weighed', async () => {
    const { beams: tree, output, steps } = await engine.call('translation/translate', { ...translator, choice: beams });
    const { finished, nodes } = tree!;
    expect(finished[0]!.output).toBe(output);
    // As the model's generation_config.json says.
    expect(tree!.lengthPenalty).toBe(0.8);
    expect(finished[0]!.score).toBeCloseTo(finished[0]!.logProbability / finished[0]!.length ** 0.8, 6);
    expect(finished.map(({ score }) => score)).toEqual(finished.map(({ score }) => score).toSorted((a, b) => b - a));
    const path: number[] = [];
    for (let at = finished[0]!.node; at >= 0; at = nodes[at]!.parent) path.unshift(nodes[at]!.id);
    expect(path).toEqual(steps.map(({ id }) => id));
    for (const { fate, parent, score, logProbability, step } of nodes) {
      const before = parent < 0 ? 0 : nodes[parent]!.score;
      expect(score).toBeCloseTo(before + logProbability, 4);
      expect(step).toBe(parent < 0 ? 0 : nodes[parent]!.step + 1);
      if (parent >= 0) expect(nodes[parent]!.fate).toBe('followed');
      expect(['followed', 'finished', 'pruned']).toContain(fate);
    }
    for (let at = 0; at < steps.length - 1; at++) {
      const followed = nodes.filter(({ fate, step }) => step === at && fate === 'followed').length;
      expect(followed).toBe(4);
    }
    expect(nodes.filter(({ fate }) => fate === 'pruned').length).toBeGreaterThan(4);
  });

  it('says of any place what other settings would choose from, as writing with them does', async () => {
    const choice = { kind: 'sample', seed: 3, temperature: 0.7, topK: 20, topP: 0.9 } as const;
    const settings = { ...decoder, choice, repetitionPenalty: 1.3, maxTokens: 8 };
    const { repetitionPenalty, steps } = await engine.call('generation/generate', settings);
    expect(repetitionPenalty).toBe(1.3);
    for (const at of [0, 5, 7]) {
      const { chosenFrom, drawnWith, id } = steps[at]!;
      const written = chosenFrom!.chances.find((one) => one.id === id)!;
      expect(written.chance).toBeCloseTo(drawnWith!, 6);
      const next = await engine.call('generation/next', { ...settings, after: steps.slice(0, at).map((step) => step.id), written: id });
      expect(next.drawable).toBe(chosenFrom!.drawable);
      expect(next.entropy).toBeCloseTo(chosenFrom!.entropy, 3);
      expect(next.chances.map((one) => one.id)).toEqual(chosenFrom!.chances.map((one) => one.id));
      next.chances.forEach(({ chance, probability }, index) => {
        expect(chance).toBeCloseTo(chosenFrom!.chances[index]!.chance, 4);
        expect(probability).toBeCloseTo(chosenFrom!.chances[index]!.probability, 4);
      });
      const greedily = await engine.call('generation/next', { ...settings, choice: greedy, repetitionPenalty: 1, after: steps.slice(0, at).map((step) => step.id) });
      greedily.chances.forEach(({ chance, probability }) => { expect(chance).toBeCloseTo(probability, 5); });
    }
  });

  it('prefers longer hypotheses with a larger length penalty', async () => {
    const lengthOf = async (lengthPenalty: number): Promise<number> =>
      (await engine.call('translation/translate', { ...translator, text: 'Please stand up.', choice: { ...beams, lengthPenalty } })).steps.length;
    expect(await lengthOf(5)).toBeGreaterThanOrEqual(await lengthOf(0));
  });

  it('says that it was not done where it is not', async () => {
    for (const choice of [greedy, beams, { kind: 'sample', seed: 1 }] as const) {
      const { maxTokens, stopped, stoppedExplanation, steps } = await engine.call('translation/translate', { ...translator, choice, maxTokens: 3 });
      expect(steps).toHaveLength(3);
      expect(maxTokens).toBe(3);
      expect(stopped).toBe('limit');
      expect(stoppedExplanation).toContain('3 tokens');
    }
  });

  it('ends a loop that would never stop', async () => {
    const text = Array.from({ length: 40 }, () => 'again and again').join(' ');
    const { stopped, stoppedExplanation } = await engine.call('generation/generate', { ...decoder, text, choice: greedy, maxTokens: 30, attention: false });
    expect(stopped).toBe('limit');
    expect(stoppedExplanation).toContain('30');
  });

  it('fills its window and says so', async () => {
    const text = Array.from({ length: 100 }, () => 'the cow').join(' ');
    const request = { model: join(fixtures, 'gpt-neox-merged'), device: 'cpu', text, choice: greedy, alternatives: 1 } as const;
    const { stopped, stoppedExplanation, steps, tokens, windowed } = await engine.call('generation/generate', { ...request, maxTokens: 60 });
    expect(tokens).toHaveLength(32);
    expect(windowed!.explanation).toContain('last 32 tokens');
    expect(steps).toHaveLength(32);
    expect(stopped).toBe('window');
    expect(stoppedExplanation).toContain('64 tokens');
  });

  it('comes back to what was written of a long prompt, which is read as before', async () => {
    const text = Array.from({ length: 100 }, () => 'the cow').join(' ');
    const request = { model: join(fixtures, 'gpt-neox-merged'), device: 'cpu', text, choice: greedy, alternatives: 1, maxTokens: 20 } as const;
    const whole = await engine.call('generation/generate', request);
    const ids = whole.steps.slice(0, 3).map(({ id }) => id);
    const again = await engine.call('generation/generate', { ...request, prefix: { ids }, stopAfter: 3 });
    expect(again.tokens).toEqual(whole.tokens);
    expect(again.maxTokens).toBe(20);
    again.steps.forEach(({ probability }, at) => { expect(probability).toBeCloseTo(whole.steps[at]!.probability, 5); });
    expect(again.steps).toHaveLength(3);
  });

  it('translates other languages without fuss', async () => {
    for (const text of ['Der Mond scheint.', '牛跳过了月亮。', '🐄🌙', '<script>alert(1)</script>', 'a']) {
      const { output, steps } = await engine.call('translation/translate', { ...translator, text, choice: beams });
      expect(steps.length).toBeGreaterThan(0);
      expect(typeof output).toBe('string');
    }
  });

  it('translates many lines as it translates each', async () => {
    const texts = ['My brother has never eaten fish, but he likes to go to the sea.', cow, '', 'Where is the bank?', 'Tom'];
    for (const choice of [greedy, beams]) {
      const { lines } = await engine.call('translation/lines', { model: 'translator', device: 'cpu', texts, choice });
      for (const [index, text] of texts.entries()) {
        if (text === '') expect(lines[index]).toEqual({ output: '', logProbability: 0, cut: false });
        else {
          const alone = await engine.call('translation/translate', { ...translator, text, choice });
          expect(lines[index]!.output).toBe(alone.output);
          expect(lines[index]!.logProbability).toBeCloseTo(alone.logProbability, 3);
          expect(lines[index]!.cut).toBe(false);
        }
      }
    }
  });

  it.each([
    ['empty text', () => engine.call('translation/translate', { ...translator, text: ' \n', choice: greedy }), 'empty-text', 'empty'],
    ['ten times the window', () => engine.call('translation/translate', { ...translator, text: 'cow '.repeat(1280), choice: greedy }), 'text-too-long', 'at most 128 tokens'],
    ['a megabyte', () => engine.call('translation/translate', { ...translator, text: 'x'.repeat(1_000_000), choice: greedy }), 'text-too-long', 'characters'],
    ['a long line of many', () => engine.call('translation/lines', { model: 'translator', device: 'cpu', texts: [cow, 'cow '.repeat(1280)], choice: greedy }), 'text-too-long', 'Line 2'],
    ['an empty translation', () => engine.call('translation/score', { ...translator, translation: '' }), 'empty-text', 'translation'],
    ['an endless translation', () => engine.call('translation/score', { ...translator, translation: 'vaca '.repeat(1280) }), 'text-too-long', 'at most 127'],
    ['an empty prompt', () => engine.call('generation/generate', { ...decoder, text: '', choice: greedy }), 'empty-text', 'prompt'],
    ['an encoder', () => engine.call('translation/translate', { ...translator, model: 'encoder', choice: greedy }), 'cannot-write', 'Choose a translator'],
    ['a decoder stack', () => engine.call('translation/translate', { ...translator, model: 'decoder', choice: greedy }), 'cannot-write', 'Choose a translator'],
    ['a translator', () => engine.call('generation/generate', { ...decoder, model: 'translator', choice: greedy }), 'cannot-write', 'Choose a decoder'],
    ['influence of a model with attention', () => engine.call('translation/influence', { ...translator }), 'cannot-instrument', 'Choose rnn'],
    ['attention of an LSTM', () => engine.call('attention/overview', { model: 'rnn', device: 'cpu', text: cow }), 'cannot-instrument', 'LSTM'],
    ['vectors of an LSTM', () => engine.call('vectors/embed', { model: 'rnn', device: 'cpu', layer: 0, occurrences: [{ sentence: cow, start: 4, end: 7 }] }), 'cannot-instrument', 'LSTM'],
    ['no beams', () => engine.call('translation/translate', { ...translator, choice: { kind: 'beams', beams: 0 } }), 'out-of-range', 'beams'],
    ['an end after none', () => engine.call('generation/generate', { ...decoder, choice: greedy, stopAfter: 0 }), 'out-of-range', 'tokens'],
    ['no tokens', () => engine.call('translation/translate', { ...translator, choice: greedy, maxTokens: 0 }), 'out-of-range', 'tokens'],
    ['a temperature of 0', () => engine.call('translation/translate', { ...translator, choice: { kind: 'sample', seed: 0, temperature: 0 } }), 'out-of-range', 'temperature'],
    ['a top-p of 2', () => engine.call('generation/generate', { ...decoder, choice: { kind: 'sample', seed: 0, topP: 2 } }), 'out-of-range', 'probability'],
    ['a penalty of 0', () => engine.call('generation/generate', { ...decoder, choice: greedy, repetitionPenalty: 0 }), 'out-of-range', 'penalty'],
    ['the next token after none', () => engine.call('generation/next', { ...decoder, choice: greedy, after: [99_999_999] }), 'out-of-range', 'no token'],
    ['the next token at a temperature of 0', () => engine.call('generation/next', { ...decoder, choice: { kind: 'sample', seed: 0, temperature: 0 }, after: [] }), 'out-of-range', 'temperature'],
    ['a token that is none', () => engine.call('translation/translate', { ...translator, choice: greedy, prefix: { ids: [8000] } }), 'out-of-range', '7999'],
  ])('refuses %s', async (_, call, code, words) => {
    const error = await failure(call());
    expect(error.message).toContain(words);
    expect(error.code).toBe(code);
  });
});

describe('a folder', () => {
  let folder: string;
  let engine: Engine;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headlight-'));
    engine = new Engine((target, signal) => loadModel(target, setup, signal));
    return async () => {
      await engine.dispose();
      rmSync(folder, { recursive: true, force: true });
    };
  });

  const translate = (): Promise<unknown> => engine.call('translation/translate', { ...translator, model: folder, choice: greedy });

  it('with only an encoder names the file that is missing', async () => {
    cpSync(join(fixtures, 'pegasus'), folder, { recursive: true });
    for (const file of ['decoder_model.onnx', 'decoder_with_past_model.onnx']) rmSync(join(folder, file));
    const { code, message } = await failure(translate());
    expect(code).toBe('model-missing');
    expect(message).toContain('decoder_model.onnx');
  });

  it('with the tokenizer of another model says so', async () => {
    cpSync(join(fixtures, 'pegasus'), folder, { recursive: true });
    cpSync(join(root, 'models', 'translator', 'tokenizer.json'), join(folder, 'tokenizer.json'));
    const { code, message } = await failure(translate());
    expect(code).toBe('model-broken');
    expect(message).toMatch(/8000 entries.*only 120/);
  });

  it('with a tokenizer that lacks what the model writes says so', async () => {
    cpSync(join(fixtures, 'pegasus'), folder, { recursive: true });
    const path = join(folder, 'tokenizer.json');
    const tokenizer = JSON.parse(readFileSync(path, 'utf8')) as { model: { vocab: Record<string, number>; merges: unknown[] } };
    tokenizer.model.vocab = Object.fromEntries(Object.entries(tokenizer.model.vocab).filter(([, id]) => id < 30));
    tokenizer.model.merges = [];
    writeFileSync(path, JSON.stringify(tokenizer));
    const { code, message } = await failure(translate());
    expect(code).toBe('model-broken');
    expect(message).toContain('do not belong together');
  });

  it('whose first graph hands no keys and values on is read anew at each token, to the same end', async () => {
    cpSync(join(fixtures, 'pegasus'), folder, { recursive: true });
    const path = join(folder, 'decoder_model.onnx');
    const request = { ...translator, choice: greedy, maxTokens: 6 };
    const kept = await engine.call('translation/translate', { ...request, model: join(fixtures, 'pegasus') });
    const model = onnx.ModelProto.decode(new Uint8Array(readFileSync(path)));
    model.graph!.output = model.graph!.output!.filter(({ name }) => name === 'logits');
    writeFileSync(path, onnx.ModelProto.encode(model).finish());
    const anew = await engine.call('translation/translate', { ...request, model: folder });
    expect([kept.model.writes!.cached, anew.model.writes!.cached]).toEqual([true, false]);
    expect(anew.steps.map(({ id }) => id)).toEqual(kept.steps.map(({ id }) => id));
    anew.steps.forEach(({ crossAttention, selfAttention }, step) => {
      crossAttention!.forEach((weight, at) => {
        expect(weight).toBeCloseTo(kept.steps[step]!.crossAttention![at]!, 4);
      });
      expect(selfAttention).toHaveLength(kept.steps[step]!.selfAttention!.length);
    });
  });

  it('with generation settings of its own follows them', async () => {
    cpSync(join(fixtures, 'pegasus'), folder, { recursive: true });
    const before = await engine.call('translation/translate', { ...translator, model: folder, choice: greedy, maxTokens: 6 });
    await engine.dispose();
    const settings = JSON.parse(readFileSync(join(folder, 'generation_config.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'generation_config.json'), JSON.stringify({ ...settings, suppress_tokens: [before.steps[0]!.id], eos_token_id: [1, 99] }));
    engine = new Engine((target, signal) => loadModel(target, setup, signal));
    const after = await engine.call('translation/translate', { ...translator, model: folder, choice: greedy, maxTokens: 6 });
    expect(after.steps.map(({ id }) => id)).not.toContain(before.steps[0]!.id);
  });
});

describe('cancelling at any step', () => {
  let client: EngineClient;
  beforeAll(async () => {
    client = new EngineClient({ entry: await bundle('src/engine/main.ts'), setup });
  }, 60_000);
  afterAll(() => client.dispose());

  const follow = async (choice: typeof greedy | typeof beams, stopAt: number): Promise<{ readonly steps: readonly WrittenStep[]; readonly output: string; readonly error: unknown }> => {
    const controller = new AbortController();
    let steps: readonly WrittenStep[] = [];
    let output = '';
    const onProgress = ({ written }: LensProgress): void => {
      if (!written) return;
      steps = continued(steps, written);
      output = written.output;
      if (steps.length >= stopAt) controller.abort();
    };
    const error: unknown = await client
      .call('translation/translate', { ...translator, choice }, { signal: controller.signal, onProgress })
      .then(() => null, (reason: unknown) => reason);
    return { steps, output, error };
  };

  it('keeps what was written until then', async () => {
    const whole = await client.call('translation/translate', { ...translator, choice: greedy });
    for (let step = 1; step < whole.steps.length; step += 3) {
      const { error, output, steps } = await follow(greedy, step);
      expect((error as HeadlightError).code).toBe('cancelled');
      expect(steps.length).toBeGreaterThanOrEqual(step);
      expect(steps).toEqual(whole.steps.slice(0, steps.length));
      expect(whole.output.startsWith(output)).toBe(true);
    }
  });

  it('sends all that is needed to follow beams, whose best may change', async () => {
    const whole = await client.call('translation/translate', { ...translator, choice: beams });
    const { error, output, steps } = await follow(beams, Infinity);
    expect(error).toBeNull();
    expect(steps).toEqual(whole.steps);
    expect(output).toBe(whole.output);
    expect((await follow(beams, 3)).steps.length).toBeGreaterThanOrEqual(3);
  });

  it('leaves the engine free for the next call', async () => {
    await follow(greedy, 1);
    expect((await client.call('translation/translate', { ...translator, choice: beams })).output).toBe('La vaca saltó sobre la luna.');
  });
});
