import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadlightError } from '../../errors';
import type { TransformerModel } from '../model';
import { perModel } from '../perModel';
import { type Comparison, type SameSense, uncalibrated } from './sameSense';

const fileName = 'same-sense.json';

const read = perModel(() => ({ sameSense: null as Promise<SameSense> | null }));

/** The file as `models/recipes/same_sense.py` writes it; arrays are little-endian float32 in base64. */
interface SameSenseFile {
  readonly limits: SameSense['limits'];
  readonly probes: readonly (SameSense['probes'][number] & { readonly mean: string })[];
  readonly comparisons: readonly (Omit<Comparison, 'projection'> & { readonly projection: string | null })[];
  readonly logCount: number;
  readonly bias: number;
  readonly threshold: number;
}

/**
 * The same-sense model that lies in the model's folder as `same-sense.json`, or one that was not fitted where there is
 * no such file.
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
  const { limits, probes, comparisons, logCount, bias, threshold } = parse(path, text);
  const fitted: SameSense = {
    limits,
    probes,
    means: probes.map((probe) => numbers(probe.mean)),
    comparisons: comparisons.map((comparison) => ({
      ...comparison,
      projection: comparison.projection === null ? null : numbers(comparison.projection),
    })),
    logCount,
    bias,
    threshold,
    calibrated: true,
  };
  if (!fits(fitted, model)) throw broken(path, 'does not fit the model beside it');
  return fitted;
}

function fits({ probes, means, comparisons }: SameSense, { info }: TransformerModel): boolean {
  return (
    probes.every(({ states }) => states.every((state) => state >= 0 && state <= info.layers)) &&
    means.every((mean) => mean?.length === info.hiddenSize) &&
    comparisons.every(({ probe, projection }) => probe in probes && (projection?.length ?? 0) % info.hiddenSize === 0)
  );
}

function numbers(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}

function parse(path: string, text: string): SameSenseFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw broken(path, 'is not JSON', error);
  }
  if (!isSameSenseFile(value)) throw broken(path, 'has not the form of a same-sense model');
  return value;
}

function isSameSenseFile(value: unknown): value is SameSenseFile {
  const { limits, probes, comparisons } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    hasNumbers(value, 'logCount', 'bias', 'threshold') &&
    hasNumbers(limits, 'maxTokens', 'templateTokens', 'wordTokens') &&
    isListOf(probes, isProbe) &&
    isListOf(comparisons, isComparison)
  );
}

function isProbe(value: unknown): boolean {
  const { template, at, states, mean } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    isListOf(template, (item) => typeof item === 'string') &&
    ['word', 'mask', 'sentence'].includes(String(at)) &&
    isListOf(states, (state) => Number.isInteger(state)) &&
    isFloats(mean)
  );
}

function isComparison(value: unknown): boolean {
  const { projection } = (value ?? {}) as Partial<Record<string, unknown>>;
  return hasNumbers(value, 'probe', 'raw', 'centred', 'spread') && (projection === null || isFloats(projection));
}

function isFloats(value: unknown): boolean {
  return typeof value === 'string' && Buffer.from(value, 'base64').length % 4 === 0;
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
