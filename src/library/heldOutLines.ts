import { createHash } from 'node:crypto';
import { dirname, isAbsolute, join } from 'node:path';
import { readRegularFile } from '../regularFile';
import { readModelJson } from './files';

/** Bytes of a file of lines that is looked at. */
const mostBytes = 2 ** 28;

/**
 * Which lines of a file were held out when a model was fine-tuned on it, as the recipe writes it into `figures.json`.
 * @param model path of a model folder, or of a graph in it
 * @param lines path of the file
 * @returns numbers from 1; null for a model that was not trained on this file as it is now
 */
async function heldOutLines(model: string, lines: string): Promise<ReadonlySet<number> | null> {
  if (!isAbsolute(model)) return null;
  try {
    const { held_out_lines: numbers, lines_sha256: hash } = await readModelJson(join(model.endsWith('.onnx') ? dirname(model) : model, 'figures.json'));
    if (!Array.isArray(numbers) || numbers.length === 0 || typeof hash !== 'string') return null;
    const bytes = await readRegularFile(lines, mostBytes);
    return createHash('sha256').update(bytes).digest('hex') === hash ? new Set(numbers.filter((number): number is number => Number.isInteger(number))) : null;
  } catch {
    // A folder without the file, or with one of another kind: nothing is known of how the model was trained.
    return null;
  }
}

/** The lines that were held out when one of these models was fine-tuned on a file; null where none was. */
export async function heldOutOfEither(models: readonly string[], lines: string): Promise<ReadonlySet<number> | null> {
  for (const model of models) {
    const found = await heldOutLines(model, lines);
    if (found) return found;
  }
  return null;
}
