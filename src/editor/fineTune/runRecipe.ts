import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ErrorCode, HeadlightError } from '../../errors';
import { recipeEnvironment } from './probePython';
import { type FineTuned, readRecipeLine, type RecipeLine } from './recipeLine';

/** A run of the recipe, as its command line has it. */
export interface RecipeRun {
  readonly python: string;
  /** Path of `fine_tune.py`. */
  readonly recipe: string;
  /** File of labelled lines. */
  readonly lines: string;
  /** Folder of the model to start from, or one of its ONNX files. */
  readonly model: string;
  /** Folders to make. */
  readonly out: string;
  readonly frozenOut: string;
  /** No more steps: the best weights of a run that was stopped become a model. */
  readonly finish: boolean;
}

export interface RecipeListener {
  line(line: RecipeLine): void;
  /** Words that are meant for people, without the line's end. */
  words(words: string): void;
}

/** Of the recipe's exit codes, what the failure is about. */
const codes: Readonly<Record<number, ErrorCode>> = { 3: 'data-unusable', 7: 'file-not-written' };
const stopped = 130;
/** Milliseconds that a step and a checkpoint may take after a run was told to stop. */
const grace = 60_000;

/** The folder in which the recipe keeps a run until it is done. */
export function workFolderOf(out: string): string {
  return `${out}.work`;
}

/** Where what a stopped run has learnt lies, once there is any. */
export function checkpointOf(out: string): string {
  return join(workFolderOf(out), 'checkpoint.pt');
}

/**
 * Runs the recipe to its end.
 * @param signal stops it after the step that it is in; what was learnt is kept
 * @returns null where it was stopped
 * @throws HeadlightError `data-unusable`, `file-not-written`, `fine-tuning-failed`, with the recipe's own words
 */
export async function runRecipe({ finish, frozenOut, lines, model, out, python, recipe }: RecipeRun, listener: RecipeListener, signal: AbortSignal): Promise<FineTuned | null> {
  const args = ['-B', recipe, lines, '--model', model, '--out', out, '--frozen-out', frozenOut, ...(finish ? ['--finish'] : [])];
  listener.words([python, ...args].join(' '));
  const child = spawn(python, args, { cwd: dirname(recipe), env: recipeEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  let killing: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    killing = setTimeout(() => child.kill('SIGKILL'), grace);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const made: FineTuned[] = [];
  let last = '';
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = readRecipeLine(text);
    if (line?.kind === 'done') made.push(line);
    if (line) listener.line(line);
    else listener.words(text);
  });
  createInterface({ input: child.stderr }).on('line', (text) => {
    if (text.trim() !== '') last = text.trim();
    listener.words(text);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (made[0]) return made[0];
    if (signal.aborted || code === stopped) return null;
    const words = /[.!?]$/.test(last) ? last : `The recipe ended with ${code === null ? 'a signal' : `exit code ${code}`}${last ? `: ${last}` : ''}. The output has all that it said.`;
    throw new HeadlightError(codes[code ?? 0] ?? 'fine-tuning-failed', words);
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    throw new HeadlightError('fine-tuning-failed', `${python} could not be started: ${error instanceof Error ? error.message : String(error)}. Choose another Python.`, { cause: error });
  } finally {
    clearTimeout(killing);
    signal.removeEventListener('abort', stop);
  }
}
