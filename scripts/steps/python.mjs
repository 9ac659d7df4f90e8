import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const needed = ['gensim', 'matplotlib', 'onnx', 'onnxruntime', 'pytest', 'ruff', 'sacrebleu', 'sklearn', 'torch', 'tqdm', 'transformers'];

/** The Python of the recipes' virtual environment, or the one named by `HEADLIGHT_PYTHON`; null without either. */
export function findPython() {
  const own = join(root, 'models', 'recipes', '.venv', 'bin', 'python');
  return process.env.HEADLIGHT_PYTHON ?? (existsSync(own) ? own : null);
}

/** What keeps the recipes from running with `python`, or null: a sentence that says what to do. */
export function missingForRecipes(python) {
  const remedy = 'models/recipes/README.md has the command that makes their environment';
  if (python === null) return `no Python was named by HEADLIGHT_PYTHON and models/recipes/.venv does not exist; ${remedy}`;
  const code = `import importlib.util as u; print(' '.join(n for n in '${needed.join(' ')}'.split() if u.find_spec(n) is None))`;
  const asked = spawnSync(python, ['-c', code], { encoding: 'utf8' });
  if (asked.status !== 0) return `${python} could not be started; ${remedy}`;
  return asked.stdout.trim() ? `${python} lacks ${asked.stdout.trim()}; ${remedy}` : null;
}
