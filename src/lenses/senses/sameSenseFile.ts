import { join } from 'node:path';
import type { TransformerModel } from '../model';
import { perModel } from '../perModel';
import { brokenFile, floatsOf, isFloats, isProbe, isSome, readModelFile } from './modelFile';
import { type Comparison, type SameSense, uncalibrated } from './sameSense';

const fileName = 'same-sense.json';
/** What a model without it does. */
const without = 'group without it';

const read = perModel(() => ({ sameSense: null as Promise<SameSense> | null }));

/** The file as `models/recipes/same_sense.py` writes it; arrays are little-endian float32 in base64. */
interface SameSenseFile {
  readonly limits: SameSense['limits'];
  readonly probes: readonly (SameSense['probes'][number] & { readonly mean: string })[];
  readonly comparisons: readonly (Omit<Comparison, 'projection'> & { readonly projection: string | null })[];
  readonly logCount: number;
  readonly counted: number;
  readonly bias: number;
  readonly split: SameSense['split'];
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
  const bytes = await readModelFile(path, without);
  if (bytes === null) return uncalibrated(model);
  const { limits, probes, comparisons, logCount, counted, bias, split } = parse(path, bytes.toString('utf8'));
  const fitted: SameSense = {
    limits,
    probes,
    means: probes.map((probe) => floatsOf(probe.mean)),
    comparisons: comparisons.map((comparison) => ({
      ...comparison,
      projection: comparison.projection === null ? null : floatsOf(comparison.projection),
    })),
    logCount,
    counted,
    bias,
    split,
    calibrated: true,
  };
  if (!fits(fitted, model)) throw brokenFile(path, 'does not fit the model beside it', without);
  return fitted;
}

function fits({ probes, means, comparisons }: SameSense, { info }: TransformerModel): boolean {
  return (
    probes.every(({ states }) => states.every((state) => state >= 0 && state <= info.layers)) &&
    means.every((mean) => mean?.length === info.hiddenSize) &&
    comparisons.every(
      (one) => one.probes.every((probe) => probe in probes) && (one.projection?.length ?? 0) % (one.probes.length * info.hiddenSize) === 0,
    )
  );
}

function parse(path: string, text: string): SameSenseFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw brokenFile(path, 'is not JSON', without, error);
  }
  if (!isSameSenseFile(value)) throw brokenFile(path, 'has not the form of a same-sense model', without);
  return value;
}

function isSameSenseFile(value: unknown): value is SameSenseFile {
  const { limits, probes, comparisons, split } = (value ?? {}) as Partial<Record<string, unknown>>;
  return (
    hasNumbers(value, 'logCount', 'counted', 'bias') &&
    hasNumbers(split, 'distance', 'smaller', 'larger', 'bias') &&
    hasNumbers(limits, 'maxTokens', 'templateTokens', 'wordTokens') &&
    isSome(probes, isMeanProbe) &&
    isSome(comparisons, isComparison)
  );
}

function isMeanProbe(value: unknown): boolean {
  return isProbe(value) && isFloats((value as { readonly mean?: unknown }).mean);
}

function isComparison(value: unknown): boolean {
  const { probes, projection } = (value ?? {}) as Partial<Record<string, unknown>>;
  return hasNumbers(value, 'raw', 'centred', 'spread') && isSome(probes, Number.isInteger) && (projection === null || isFloats(projection));
}

function hasNumbers(value: unknown, ...names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => typeof (value as Record<string, unknown>)[name] === 'number');
}
