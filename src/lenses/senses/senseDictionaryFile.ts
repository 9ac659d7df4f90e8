import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { TransformerModel } from '../model';
import { perModel } from '../perModel';
import type { PartOfSpeech } from './lemmas';
import { brokenFile, bytesOf, floatsOf, isFloats, isListOf, isProbe, isSome, readModelFile } from './modelFile';
import type { Probe } from './probes';
import type { IndexedSense, SenseDictionary } from './senseDictionary';

const fileName = 'sense-dictionary.json.gz';
/** What a model without it does. */
const without = 'do without names of senses';
/** Larger files are not read: the built-in one has a few megabytes. */
const mostBytes = 64 * 2 ** 20;

const partsOfSpeech: readonly PartOfSpeech[] = ['noun', 'verb', 'adjective', 'adverb'];

const read = perModel(() => ({ dictionary: null as Promise<SenseDictionary | null> | null }));

/** Gloss, other words for it, count, evidence. */
type SenseEntry = readonly [gloss: string, synonyms: readonly string[], count: number, evidence: number];

/** The file as `models/recipes/sense_dictionary.py` writes it; arrays are little-endian and in base64. */
interface SenseDictionaryFile {
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
 * The sense dictionary in the model's folder; null where there is none.
 * @throws HeadlightError `model-broken` for a file that does not fit the model
 */
export function senseDictionaryOf(model: TransformerModel): Promise<SenseDictionary | null> {
  const state = read(model);
  state.dictionary ??= load(model);
  return state.dictionary;
}

async function load(model: TransformerModel): Promise<SenseDictionary | null> {
  const path = join(model.folder, fileName);
  const packed = await readModelFile(path, without);
  if (packed === null) return null;
  let file: unknown;
  try {
    file = JSON.parse((await promisify(gunzip)(packed, { maxOutputLength: mostBytes })).toString('utf8'));
  } catch (error) {
    throw brokenFile(path, 'is not whole', without, error);
  }
  if (!isSenseDictionaryFile(file)) throw brokenFile(path, 'has not the form of a sense dictionary', without);
  const dictionary = dictionaryOf(file);
  if (!fits(dictionary, model)) throw brokenFile(path, 'does not fit the model beside it', without);
  return dictionary;
}

function dictionaryOf(file: SenseDictionaryFile): SenseDictionary {
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
    mean: floatsOf(file.mean),
    projection: floatsOf(file.projection),
    spread: floatsOf(file.spread),
    senses,
    places: new Int8Array(bytesOf(file.places).buffer),
    step: file.step,
    weights: floatsOf(file.weights),
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

function fits({ probes, mean, projection, spread, weights, senses, places }: SenseDictionary, { info }: TransformerModel): boolean {
  return (
    mean.length === probes.length * info.hiddenSize &&
    projection.length === mean.length * spread.length &&
    weights.length === spread.length &&
    places.length === senses.length * spread.length &&
    probes.every(({ states }) => states.every((state) => state >= 0 && state <= info.layers))
  );
}

function isSenseDictionaryFile(value: unknown): value is SenseDictionaryFile {
  if (typeof value !== 'object' || value === null) return false;
  const { probes, lemmas, irregular, ...rest } = value as Record<string, unknown>;
  const { mean, projection, spread, weights, places, step, prior, unlisted, omitted } = rest;
  return (
    isSome(probes, isProbe) &&
    [mean, projection, spread, weights].every(isFloats) &&
    typeof places === 'string' &&
    [step, prior, unlisted, omitted].every((number) => typeof number === 'number' && number > 0) &&
    isRecordOf(lemmas, isLemma) &&
    isRecordOf(irregular, isTexts)
  );
}

function isLemma(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { omitted, ...entries } = value as Record<string, unknown>;
  return typeof omitted === 'number' && omitted >= 0 && isRecordOf(entries, (list) => isListOf(list, isEntry));
}

function isEntry(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [gloss, synonyms, count, evidence] = value as readonly unknown[];
  return typeof gloss === 'string' && isTexts(synonyms) && typeof count === 'number' && count > 0 && typeof evidence === 'number' && evidence >= 0;
}

function isTexts(value: unknown): boolean {
  return isListOf(value, (item) => typeof item === 'string');
}

function isRecordOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(is);
}
