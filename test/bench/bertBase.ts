import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findPython } from '../../scripts/steps/python.mjs';
import type { Bench } from './main';

/**
 * Folder of a model of BERT-base's size with random weights, made at the first call; null without Python.
 * @param words whether it has a head over the vocabulary, and not hidden states alone
 */
export function bertBase(bench: Bench, words = false): string | null {
  const folder = join(bench.root, '.cache', 'bench', words ? 'bert-base-words' : 'bert-base');
  if (existsSync(join(folder, 'model.onnx'))) return folder;
  const python = findPython();
  if (!python) return null;
  const script = join(bench.root, 'test', 'bench', 'make_bert_base.py');
  const made = spawnSync(python, [script, join(bench.builtInModels, 'encoder'), folder, ...(words ? ['words'] : [])], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (made.status !== 0) throw new Error('make_bert_base.py failed; its words are above.');
  return folder;
}
