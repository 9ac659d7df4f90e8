import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import type { Drift } from '../../src/lenses/drift/contract';
import { measureDrift } from '../../src/lenses/drift/measure';
import { predictionPlaces } from '../../src/lenses/drift/predictionPlaces';
import { contextOf } from '../support/computeContext';
import { unpacked } from '../support/families';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(root, 'test', 'fixtures');
const setup = { builtInModels: join(root, 'models'), storage: null };
/** In fp32, and nearer for what is itself small. */
const tolerance = (value: number): number => Math.min(1e-4, 1e-6 + 0.01 * value);

const load = (model: string): Promise<LoadedModel> => loadModel({ model, device: 'cpu' }, setup, new AbortController().signal);

/** What `make_drift_goldens.py` writes. */
interface DriftGolden {
  readonly lines: readonly string[];
  readonly places: readonly (readonly number[])[];
  readonly divergence: readonly number[];
  readonly difference: readonly number[];
  readonly cosineDistance: readonly number[];
  readonly relativeNorm: readonly number[];
  /** By place, in bits. */
  readonly predictions: number;
  readonly lineDivergence: readonly number[];
  /** Line, token, likeliest id before and after. */
  readonly changes: readonly (readonly [number, number, number, number])[];
  /** Of other lines, in which words occur several times. Numbers by state. */
  readonly senses: {
    readonly lines: readonly string[];
    readonly words: Readonly<Record<string, {
      /** By occurrence. */
      readonly cosineDistance: readonly (readonly number[])[];
      readonly before: readonly number[];
      readonly after: readonly number[];
      readonly structure: readonly number[] | null;
    }>>;
    readonly betweenBefore: readonly number[];
    readonly betweenAfter: readonly number[];
    readonly similarity: readonly number[];
  };
}

async function measured(before: string, after: string, lines: readonly string[]): Promise<Drift> {
  const [model, other] = [await load(before), await load(after)];
  try {
    return await measureDrift({ model: before, device: 'cpu', against: after, lines }, contextOf(model, undefined, { [after]: other }));
  } finally {
    await Promise.all([model.dispose(), other.dispose()]);
  }
}

const before = join(fixtures, 'models', 'bert-tiny');

describe.each(['after', 'int8'])('bert-tiny against its copy “%s”, as PyTorch computes both', (name) => {
  const golden = JSON.parse(readFileSync(join(root, 'test', 'golden', 'drift', `${name}.json`), 'utf8')) as DriftGolden;

  it('has the same divergences, distances and changed predictions', async () => {
    const model = await load(before);
    const places = golden.lines.map((line) => predictionPlaces(line, model.tokenizer.encode(line).tokens, model.tokenizer, 0));
    const tokens = golden.lines.map((line) => model.tokenizer.encode(line).tokens);
    await model.dispose();
    expect(places).toEqual(golden.places);

    const found = await measured(before, join(fixtures, 'drift', name), golden.lines);
    const near = (ours: Float32Array, theirs: readonly number[], what: string): void => {
      expect(ours.length, what).toBe(theirs.length);
      theirs.forEach((value, at) => { expect(Math.abs(ours[at]! - value), `${what} ${at}`).toBeLessThanOrEqual(tolerance(value)); });
    };
    near(found.heads.divergence, golden.divergence, 'divergence');
    near(found.heads.difference, golden.difference, 'difference');
    near(found.states.cosineDistance, golden.cosineDistance, 'cosine distance');
    near(found.states.relativeNorm, golden.relativeNorm, 'relative norm');
    near(found.lineDivergence, golden.lineDivergence, 'divergence of lines');
    // Far from nothing, so that nothing would not pass.
    expect(Math.min(...golden.divergence, ...golden.relativeNorm)).toBeGreaterThan(5e-6);
    const predictions = found.predictions!;
    expect([predictions.kind, predictions.places]).toEqual(['masked', golden.places.flat().length]);
    expect(Math.abs(predictions.divergence - golden.predictions)).toBeLessThanOrEqual(tolerance(golden.predictions));
    expect(predictions.changes.map(({ line, start, before: one, after }) => [line, start, one.id, after.id])).toEqual(
      golden.changes.map(([line, token, one, other]) => [line, tokens[line]![token]!.start, one, other]),
    );
  });
});

describe.each(['after', 'int8'])('words that occur several times, in bert-tiny and its copy “%s”', (name) => {
  it('moved as far as PyTorch says, to the same cosines with each other', async () => {
    const { senses: golden } = JSON.parse(readFileSync(join(root, 'test', 'golden', 'drift', `${name}.json`), 'utf8')) as DriftGolden;
    const { senses: found, states: { cosineDistance: { length: states } } } = await measured(before, join(fixtures, 'drift', name), golden.lines);
    expect(found!.words.map(({ word }) => word.toLowerCase()).sort()).toEqual(Object.keys(golden.words));
    let occurrence = 0;
    found!.words.forEach(({ places, word }, at) => {
      for (const { line, start, end } of places) expect(golden.lines[line]!.slice(start, end).toLowerCase()).toBe(word.toLowerCase());
      const { after, before: first, cosineDistance, structure } = golden.words[word.toLowerCase()]!;
      expect(places).toHaveLength(cosineDistance.length);
      for (let state = 0; state < states; state++) {
        cosineDistance.forEach((row, index) => {
          const ours = found!.cosineDistance[(occurrence + index) * states + state]!;
          expect(Math.abs(ours - row[state]!), `${word} ${index} at ${state}`).toBeLessThanOrEqual(tolerance(row[state]!));
        });
        expect(found!.before[at * states + state]).toBeCloseTo(first[state]!, 4);
        expect(found!.after[at * states + state]).toBeCloseTo(after[state]!, 4);
        if (structure) expect(Math.abs(found!.structure[at * states + state]! - structure[state]!)).toBeLessThanOrEqual(1e-4);
        else expect(found!.structure[at * states + state]).toBeNaN();
      }
      occurrence += places.length;
    });
    for (const key of ['betweenBefore', 'betweenAfter', 'similarity'] as const) {
      golden[key].forEach((value, state) => { expect(Math.abs(found![key][state]! - value), `${key} ${state}`).toBeLessThanOrEqual(1e-4); });
    }
  });
});

describe('a file against itself', () => {
  it.each([
    ['bert-tiny', before, 'masked'],
    ['gpt2-tiny', join(fixtures, 'models', 'gpt2-tiny'), 'next'],
    ['an int8 graph that computes in integers', unpacked(join(fixtures, 'families'), 'bert--optimum-eager-18-int8'), 'masked'],
  ])('%s has exactly no drift', async (_, folder, kind) => {
    const found = await measured(folder, folder, ['The cat sat on the mat and looked at the bird.', 'Beans.', 'We planted beans along the fence and peas beside the path.']);
    const { senses } = found;
    expect(senses!.words.map(({ word }) => word)).toEqual(['Beans']);
    expect([senses!.cosineDistance.every((value) => value === 0), senses!.before]).toEqual([true, senses!.after]);
    for (const numbers of [found.heads.divergence, found.heads.difference, found.states.cosineDistance, found.states.relativeNorm, found.lineDivergence]) {
      expect(numbers.every((value) => value === 0)).toBe(true);
    }
    expect(found.predictions).toEqual({ kind, places: expect.any(Number) as number, divergence: 0, accuracy: null, changes: [] });
    expect(found.predictions!.places).toBeGreaterThanOrEqual(3);
  });
});

describe('an fp32 export against an int8 one that computes in integers', () => {
  it('drifts by as much on many lines as on each by itself, though a batch would share the scales of its activations', async () => {
    const families = join(fixtures, 'families');
    const folders = [unpacked(families, 'bert--optimum-eager-18-external'), unpacked(families, 'bert--optimum-eager-18-int8-all')] as const;
    const lines = ['The cat sat on the wall and watched the boat.', 'Beans.', 'He said that the train would be late, and it was.', 'Two keys.'];
    const together = await measured(...folders, lines);
    const each = new Float64Array(together.heads.divergence.length);
    for (const line of lines) {
      const { heads, tokens } = await measured(...folders, [line]);
      heads.divergence.forEach((bits, at) => { each[at]! += (bits * tokens) / together.tokens; });
    }
    each.forEach((bits, at) => {
      expect(bits).toBeGreaterThan(1e-5);
      expect(Math.abs(together.heads.divergence[at]! - bits)).toBeLessThan(bits / 1000);
    });
  });

  it('moves a little, and further up more', async () => {
    const families = join(fixtures, 'families');
    const lines = ['The cat sat on the wall and watched the boat.', 'She keeps her old letters in a tin box under the stairs.'];
    const found = await measured(unpacked(families, 'bert--optimum-eager-18-external'), unpacked(families, 'bert--optimum-eager-18-int8'), lines);
    expect(Math.max(...found.heads.divergence)).toBeGreaterThan(0);
    expect(Math.max(...found.heads.divergence)).toBeLessThan(0.05);
    const { relativeNorm } = found.states;
    expect(relativeNorm.at(-1)!).toBeGreaterThan(relativeNorm[0]!);
    expect(relativeNorm.at(-1)!).toBeLessThan(0.1);
  });
});
