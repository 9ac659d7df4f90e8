import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadlightError } from '../../errors';
import type { TransformerModel } from '../model';
import { perModel } from '../perModel';
import { type SameSense, uncalibrated } from './sameSense';

const fileName = 'same-sense.json';

const read = perModel(() => ({ sameSense: null as Promise<SameSense> | null }));

/**
 * The same-sense model that lies in the model's folder as `same-sense.json` (the fields of `SameSense` but
 * `calibrated`), or one that was not fitted where there is no such file.
 * @throws HeadlightError `model-broken` for a file that does not fit the model
 */
export function sameSenseOf(model: TransformerModel): Promise<SameSense> {
  const state = read(model);
  state.sameSense ??= load(model);
  return state.sameSense;
}

async function load(model: TransformerModel): Promise<SameSense> {
  const path = join(model.folder, fileName);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw broken(path, 'cannot be read', error);
  });
  if (text === null) return uncalibrated(model);
  const fitted = { ...parse(path, text), calibrated: true };
  const states = fitted.probes.flatMap((probe) => probe.states);
  if (fitted.weights.length !== fitted.probes.length || states.some((state) => !(state >= 0 && state <= model.info.layers))) {
    throw broken(path, 'does not fit the model beside it');
  }
  return fitted;
}

function parse(path: string, text: string): Omit<SameSense, 'calibrated'> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw broken(path, 'is not JSON', error);
  }
  if (!isSameSense(value)) throw broken(path, 'has not the form of a same-sense model');
  return value;
}

function isSameSense(value: unknown): value is Omit<SameSense, 'calibrated'> {
  const { limits, probes, weights, bias, threshold } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    hasNumbers(limits, 'maxTokens', 'templateTokens', 'wordTokens') &&
    isListOf(probes, (probe) => isProbe(probe)) &&
    isListOf(weights, (weight) => hasNumbers(weight, 'raw', 'centred')) &&
    typeof bias === 'number' &&
    typeof threshold === 'number'
  );
}

function isProbe(value: unknown): boolean {
  const { template, at, states } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    isListOf(template, (item) => typeof item === 'string') &&
    ['word', 'mask', 'sentence'].includes(String(at)) &&
    isListOf(states, (state) => Number.isInteger(state))
  );
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(is);
}

function hasNumbers(value: unknown, ...names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => typeof (value as Record<string, unknown>)[name] === 'number');
}

function broken(path: string, what: string, cause?: unknown): HeadlightError {
  return new HeadlightError('model-broken', `${path} ${what}. Restore the file, or delete it to group without it.`, { cause });
}
