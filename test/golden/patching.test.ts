import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import type { Outcome } from '../../src/lenses/evidence/contract';
import { patch } from '../../src/lenses/evidence/patch';
import { patchedThings, type PatchDirection, type PatchedThing, type PatchRequest } from '../../src/lenses/evidence/patchContract';
import { patchedAnswers } from '../../src/lenses/evidence/patchedAnswers';
import type { TransformerModel } from '../../src/lenses/model';
import { contextOf } from '../support/computeContext';
import { committedFamilies, unpacked } from '../support/families';
import { type Golden, readGolden } from '../support/golden';
import { withoutResuming } from '../support/withoutResuming';

const tolerance = 1e-4;
/** As many answers as the goldens keep. */
const top = 6;

/** A case of `make_patching_goldens.py`. */
type Case = {
  readonly clean: string;
  readonly corrupted: string;
  readonly direction: PatchDirection;
  readonly from: readonly (number | null)[];
  readonly cleanValue: number;
  readonly corruptedValue: number;
} & (
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'nextToken'; readonly token: number; readonly written?: readonly number[] }
  | { readonly kind: 'cosine'; readonly places: readonly (readonly [number, number])[] }
);

type PatchingGolden = Golden & { readonly fixture: string; readonly cases: readonly Case[] };

const { signal } = new AbortController();

function outcomesOf(of: Case): Pick<PatchRequest, 'clean' | 'corrupted'> {
  if (of.kind === 'cosine') {
    const [clean, corrupted] = of.places.map(([start, end], at) => ({ sentence: [of.clean, of.corrupted][at]!, start, end }));
    return { clean: { kind: 'cosine', pair: [clean!, clean!] }, corrupted: { kind: 'cosine', pair: [corrupted!, clean!] } };
  }
  const outcome = (text: string): Outcome => {
    if (of.kind === 'nextToken') return { kind: 'nextToken', text, token: of.token, ...(of.written && { written: { ids: of.written } }) };
    const start = text.indexOf('[MASK]');
    return { kind: 'word', text, at: { start, end: start + '[MASK]'.length }, word: of.word };
  };
  return { clean: outcome(of.clean), corrupted: outcome(of.corrupted) };
}

/** Largest difference, where both have a number in the same places. */
function difference(ours: Float32Array, truth: Float32Array): number {
  expect(ours.map((value) => Number(Number.isNaN(value)))).toEqual(truth.map((value) => Number(Number.isNaN(value))));
  return ours.reduce((most, value, at) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value - truth[at]!))), 0);
}

async function compare(model: TransformerModel, golden: PatchingGolden, at: number, of: PatchedThing): Promise<void> {
  const one = golden.cases[at]!;
  const request: PatchRequest = { model: model.info.id, device: 'cpu', ...outcomesOf(one), of, direction: one.direction };
  const found = await patch(request, contextOf(model));
  expect(found.from).toEqual(one.from);
  expect(Math.abs(found.clean - one.cleanValue)).toBeLessThanOrEqual(tolerance);
  expect(Math.abs(found.corrupted - one.corruptedValue)).toBeLessThanOrEqual(tolerance);
  const patched = golden.tensor(`${at}-${of}-patched`)!;
  const effect = golden.tensor(`${at}-${of}-effect`)!;
  // What is read off the last state of a pre-norm model has passed its last norm, and is no state that could be copied.
  const [rows, columns] = patched.dims as [number, number];
  expect([found.columns, found.rows - found.limits.length]).toEqual([columns, rows]);
  expect(found.patched.subarray(rows * columns).every((value) => Number.isNaN(value))).toBe(true);
  expect(difference(found.patched.subarray(0, rows * columns), patched.data)).toBeLessThanOrEqual(tolerance);
  expect(difference(found.effect.subarray(0, rows * columns), effect.data)).toBeLessThanOrEqual(tolerance);
}

async function compareAnswers(model: TransformerModel, golden: PatchingGolden, at: number): Promise<number> {
  const one = golden.cases[at]!;
  const ids = golden.tensor(`${at}-answer-ids`);
  const probabilities = golden.tensor(`${at}-answers`);
  if (!ids || !probabilities) return 0;
  const [rows, columns] = ids.dims as [number, number, number];
  let compared = 0;
  for (let cell = 0; cell < rows * columns; cell++) {
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    if (one.from[column] === null) continue;
    const { patched } = await patchedAnswers({ model: model.info.id, device: 'cpu', ...outcomesOf(one), of: 'states', direction: one.direction, row, column, top }, contextOf(model));
    const truth = ids.data.subarray(cell * top, (cell + 1) * top);
    expect(patched.map(({ id }) => id)).toEqual([...truth]);
    patched.forEach(({ probability }, rank) => { expect(Math.abs(probability - probabilities.data[cell * top + rank]!)).toBeLessThanOrEqual(tolerance); });
    compared++;
  }
  return compared;
}

describe('patching against hooks in PyTorch', () => {
  for (const [name, resumes] of [['bert', true], ['gpt2', true], ['mt5', false]] as const) {
    describe(name, () => {
      const golden = readGolden(join(import.meta.dirname, 'patching', name)) as PatchingGolden;
      let opened: Promise<LoadedModel> | undefined;
      const model = (): Promise<LoadedModel> =>
        (opened ??= loadModel({ model: unpacked(committedFamilies, golden.fixture), device: 'cpu', intervenes: true, resumes: true }, { builtInModels: committedFamilies, storage: null }, signal));

      it.each(golden.cases.map((one, at) => [at, one.kind, one.direction, one.corrupted] as const))('%i: %s, %s, “%s”', async (at) => {
        const loaded = await model();
        expect(loaded.resumes === true).toBe(resumes);
        for (const of of patchedThings) {
          await compare(loaded, golden, at, of);
          if (resumes) await compare(withoutResuming(loaded), golden, at, of);
        }
        const cells = await compareAnswers(loaded, golden, at);
        expect(cells > 0).toBe(golden.cases[at]!.kind !== 'cosine');
      });
    });
  }
});
