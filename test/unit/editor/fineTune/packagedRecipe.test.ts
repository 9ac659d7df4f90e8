import { existsSync, readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../../scripts/steps/paths.mjs';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Modules of the project that a Python file imports, as paths from the project's folder. */
function imported(path: string): string[] {
  return [...read(path).matchAll(/^\s*(?:from|import) (lib\.[\w.]+)/gm)].map(([, module]) => `models/recipes/${module!.replaceAll('.', '/')}.py`);
}

test('all that the fine-tuning recipe reads is in the package, and no other recipe', () => {
  const packaged = read('.vscodeignore').split('\n').filter((line) => line.startsWith('!models/recipes/')).map((line) => line.slice(1));
  const needed = new Set(['models/recipes/fine_tune.py', 'models/recipes/cards/fine-tuned.md']);
  for (const path of needed) for (const module of path.endsWith('.py') ? imported(path) : []) needed.add(module);
  expect(needed.size).toBeGreaterThan(10);
  for (const path of needed) {
    expect(existsSync(join(root, path)), path).toBe(true);
    expect(packaged.some((glob) => matchesGlob(path, glob)), path).toBe(true);
  }
  for (const glob of packaged) expect([...needed].some((path) => matchesGlob(path, glob)), glob).toBe(true);
  for (const other of ['encoder.py', 'requirements.txt', 'tests/test_fine_tune.py', 'lib/training.py', 'lib/fine_tuning/__pycache__/run.cpython-311.pyc']) {
    expect(packaged.some((glob) => matchesGlob(`models/recipes/${other}`, glob)), other).toBe(false);
  }
});
