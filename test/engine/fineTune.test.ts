import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HeadlightError } from '../../src/errors';
import { probePython } from '../../src/editor/fineTune/probePython';
import type { FineTuned, RecipeLine } from '../../src/editor/fineTune/recipeLine';
import { type RecipeRun, runRecipe } from '../../src/editor/fineTune/runRecipe';
import { root } from '../../scripts/steps/paths.mjs';
import { FakePython } from '../support/fakePython';

let folder: string;
let python: FakePython;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headlight-fine-tune-'));
  python = new FakePython(join(folder, '.venv'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const never = new AbortController().signal;

interface Ran {
  readonly lines: readonly RecipeLine[];
  readonly words: readonly string[];
  readonly made: FineTuned | null;
}

async function ran(changes: Partial<RecipeRun> = {}, signal = never, each: (line: RecipeLine) => void = () => undefined): Promise<Ran> {
  const lines: RecipeLine[] = [];
  const words: string[] = [];
  const run: RecipeRun = {
    python: python.path, recipe: join(root, 'models', 'recipes', 'fine_tune.py'), lines: join(folder, 'lines.tsv'), model: join(folder, 'model'),
    out: join(folder, 'out'), frozenOut: join(folder, 'frozen'), finish: false, ...changes,
  };
  const line = (said: RecipeLine): void => {
    lines.push(said);
    each(said);
  };
  const made = await runRecipe(run, { line, words: (said) => words.push(said) }, signal);
  return { lines, words, made };
}

test('a run to its end says its steps and what it made', async () => {
  const { lines, made, words } = await ran();
  expect(made).toMatchObject({ folder: join(folder, 'out'), frozenFolder: join(folder, 'frozen'), frozen: 0.75, unfrozen: 0.875, heldOut: 16 });
  expect(lines.map((line) => (line.kind === 'step' ? `${line.phase} ${line.step}` : line.kind))).toEqual(['message', 'frozen 1', 'frozen 2', 'unfrozen 1', 'unfrozen 2', 'done']);
  expect(words[0]).toContain('fine_tune.py');
  expect(words).toContain('a warning of a library');
});

test('a failure has the recipe’s own words, and the cause by its exit code', async () => {
  python.runs('broken lines');
  await expect(ran()).rejects.toMatchObject({ code: 'data-unusable', message: 'All 2 examples of lines.tsv have the label “good”. Add examples of another.' });
  python.runs('crash');
  await expect(ran()).rejects.toMatchObject({ code: 'fine-tuning-failed', message: 'The recipe ended with exit code 1: ValueError: nobody foresaw this. The output has all that it said.' });
  await expect(ran({ python: join(folder, 'nowhere') })).rejects.toBeInstanceOf(HeadlightError);
});

test('who stops a run is not told of a failure, and can make a model of it', async () => {
  python.runs('endless');
  const controller = new AbortController();
  const { made, words } = await ran({}, controller.signal, ({ kind }) => {
    if (kind === 'step') controller.abort();
  });
  expect(made).toBeNull();
  expect(words.at(-1)).toContain('Stopped after 3 of 9 steps');
  expect((await ran({ finish: true })).made).toMatchObject({ unfrozen: 0.875 });
});

test('a Python is asked what it has', async () => {
  expect(await probePython(python.path, folder, never)).toMatchObject({ version: '3.12.1', missing: [] });
  python.has({ python: [3, 11, 0], packages: {} });
  expect(await probePython(python.path, folder, never)).toMatchObject({ missing: ['torch', 'transformers', 'onnx', 'onnxruntime'] });
  expect(await probePython(join(folder, 'nowhere'), folder, never)).toBeNull();
});
