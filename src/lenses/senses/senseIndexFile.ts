import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { HeadlightError } from '../../errors';
import type { TransformerModel } from '../model';
import { perModel } from '../perModel';
import type { PartOfSpeech } from './lemmas';
import type { Probe } from './probes';
import type { IndexedSense, SenseIndex } from './senseIndex';

const fileName = 'sense-index.json.gz';
/** Larger files are not read: the built-in one has a few megabytes. */
const mostBytes = 64 * 2 ** 20;

const partsOfSpeech: readonly PartOfSpeech[] = ['noun', 'verb', 'adjective', 'adverb'];

const read = perModel(() => ({ index: null as Promise<SenseIndex | null> | null }));

/** Gloss, other words for it, count, evidence. */
type SenseEntry = readonly [gloss: string, synonyms: readonly string[], count: number, evidence: number];

/** The file as `models/recipes/sense_index.py` writes it; arrays are little-endian and in base64. */
interface SenseIndexFile {
  readonly probes: readonly Probe[];
  readonly mean: string;
  readonly projection: string;
  readonly spread: string;
  readonly places: string;
  readonly step: number;
  readonly weights: string;
  readonly prior: number;
  /** Count of what is not listed for a lemma, and of each of its senses that is left out. */
  readonly unlisted: number;
  readonly omitted: number;
  /** In the order of `places`; `omitted` of a lemma is the number of senses that are left out. */
  readonly lemmas: Readonly<Record<string, Readonly<Partial<Record<PartOfSpeech, readonly SenseEntry[]>>> & { readonly omitted: number }>>;
  readonly irregular: Readonly<Record<string, readonly string[]>>;
}

/**
 * The sense index in the model's folder; null where there is none.
 * @throws HeadlightError `model-broken` for a file that does not fit the model
 */
export function senseIndexOf(model: TransformerModel): Promise<SenseIndex | null> {
  const state = read(model);
  state.index ??= load(model);
  return state.index;
}

async function load(model: TransformerModel): Promise<SenseIndex | null> {
  const path = join(model.folder, fileName);
  const packed = await readFile(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw broken(path, 'cannot be read', error);
  });
  if (packed === null) return null;
  let file: unknown;
  try {
    file = JSON.parse((await promisify(gunzip)(packed, { maxOutputLength: mostBytes })).toString('utf8'));
  } catch (error) {
    throw broken(path, 'is not whole', error);
  }
  if (!isSenseIndexFile(file)) throw broken(path, 'has not the form of a sense index');
  const index = indexOf(file);
  if (!fits(index, model)) throw broken(path, 'does not fit the model beside it');
  return index;
}

function indexOf(file: SenseIndexFile): SenseIndex {
  const senses: IndexedSense[] = [];
  const byLemma = new Map<string, number[]>();
  for (const [lemma, entries] of Object.entries(file.lemmas)) {
    const own: number[] = [];
    byLemma.set(lemma, own);
    for (const partOfSpeech of partsOfSpeech) {
      for (const [gloss, synonyms, count, evidence] of entries[partOfSpeech] ?? []) {
        own.push(senses.length);
        senses.push({ lemma, partOfSpeech, gloss, synonyms, count, evidence });
      }
    }
  }
  const irregular = new Map(Object.entries(file.irregular));
  return {
    probes: file.probes,
    mean: floats(file.mean),
    projection: floats(file.projection),
    spread: floats(file.spread),
    senses,
    places: new Int8Array(bytes(file.places).buffer),
    step: file.step,
    weights: floats(file.weights),
    prior: file.prior,
    omitted: (lemma) => file.lemmas[lemma]!.omitted,
    counts: { unlisted: file.unlisted, omitted: file.omitted },
    byLemma,
    lemmas: {
      has: (lemma, partOfSpeech) => byLemma.get(lemma)?.some((sense) => senses[sense]!.partOfSpeech === partOfSpeech) ?? false,
      irregular: (form) => irregular.get(form) ?? [],
    },
  };
}

function fits({ probes, mean, projection, spread, weights, senses, places }: SenseIndex, { info }: TransformerModel): boolean {
  return (
    mean.length === probes.length * info.hiddenSize &&
    projection.length === mean.length * spread.length &&
    weights.length === spread.length &&
    places.length === senses.length * spread.length &&
    probes.every(({ states }) => states.every((state) => state >= 0 && state <= info.layers))
  );
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

function floats(base64: string): Float32Array {
  return new Float32Array(bytes(base64).buffer);
}

function isSenseIndexFile(value: unknown): value is SenseIndexFile {
  if (typeof value !== 'object' || value === null) return false;
  const { probes, lemmas, irregular, ...rest } = value as Record<string, unknown>;
  const { mean, projection, spread, weights, places, step, prior, unlisted, omitted } = rest;
  return (
    Array.isArray(probes) && probes.length > 0 && probes.every(isProbe) &&
    [mean, projection, spread, weights].every((text) => typeof text === 'string' && Buffer.from(text, 'base64').length % 4 === 0) &&
    typeof places === 'string' &&
    [step, prior, unlisted, omitted].every((number) => typeof number === 'number' && number > 0) &&
    isRecordOf(lemmas, isLemma) &&
    isRecordOf(irregular, isTexts)
  );
}

function isProbe(value: unknown): boolean {
  const { template, at, states } = (value ?? {}) as Partial<Record<string, unknown>>;
  return isTexts(template) && ['word', 'mask', 'sentence'].includes(String(at)) && Array.isArray(states) && states.every(Number.isInteger);
}

function isLemma(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { omitted, ...entries } = value as Record<string, unknown>;
  return typeof omitted === 'number' && omitted >= 0 && isRecordOf(entries, (list) => Array.isArray(list) && list.every(isEntry));
}

function isEntry(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [gloss, synonyms, count, evidence] = value as readonly unknown[];
  return typeof gloss === 'string' && isTexts(synonyms) && typeof count === 'number' && count > 0 && typeof evidence === 'number' && evidence >= 0;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isRecordOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(is);
}

function broken(path: string, what: string, cause?: unknown): HeadlightError {
  return new HeadlightError('model-broken', `${path} ${what}. Restore the file, or delete it to do without names of senses.`, { cause });
}
