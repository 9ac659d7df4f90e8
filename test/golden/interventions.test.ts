import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { LoadedModel } from '../../src/engine/modelCache';
import type { AttentionPart } from '../../src/lenses/attention/contract';
import type { HeadIntervention, Interventions, StateIntervention } from '../../src/lenses/interventions';
import type { ModelInput, ModelOutputs, OutputSelection } from '../../src/lenses/model';
import { committedFamilies, familyFolders, type FamilyGolden, unpacked } from '../support/families';
import { type Golden, largestDifference, readGolden } from '../support/golden';

/** As JSON holds them. */
type Stored = { readonly [K in keyof Interventions]: unknown } & {
  readonly heads?: readonly (Omit<HeadIntervention, 'by'> & { readonly by: readonly number[] | null })[];
  readonly states?: readonly (Omit<StateIntervention, 'by'> & { readonly by: readonly number[] | null })[];
};

type InterventionGolden = Golden & {
  readonly fixture: string;
  /** Tokens whose logits are kept. */
  readonly rows: readonly number[];
  readonly interventions: readonly Readonly<Partial<Record<AttentionPart, Stored>>>[];
};

const { signal } = new AbortController();
const opened = (folder: string, intervenes: boolean): Promise<LoadedModel> =>
  loadModel({ model: folder, device: 'cpu', intervenes }, { builtInModels: folder, storage: null }, signal);

function asRun({ heads = [], states = [], ...rest }: Stored): Interventions {
  const numbers = <T extends { readonly by: readonly number[] | null }>(list: readonly T[]) =>
    list.map((one) => ({ ...one, by: one.by && Float32Array.from(one.by) }));
  return { ...(rest as Interventions), heads: numbers(heads), states: numbers(states) };
}

/** Logits `[row, vocabulary]` of the tokens that the golden keeps. */
async function logitsOf(model: LoadedModel, { rows, written, ids }: InterventionGolden & Pick<FamilyGolden, 'written'>, by: InterventionGolden['interventions'][number]): Promise<Float32Array> {
  const changes = Object.fromEntries(Object.entries(by).map(([part, one]) => [part, asRun(one)])) as Partial<Record<AttentionPart, Interventions>>;
  if (!written) {
    const tokens = model.tokenizer.encode(readGolden(join(committedFamilies, fixtureOf(model), 'golden')).text).tokens;
    expect(tokens.map(({ id }) => id)).toEqual(ids);
    const interventions = changes.encoder ?? changes.decoder;
    const { logits } = await model.run([{ tokens, ...(interventions && { interventions }) }], { logitsAt: rows.map((token) => ({ row: 0, token })) }, signal);
    return logits!.data;
  }
  const found: number[] = [];
  for (const row of rows) {
    const state = await model.writer!.read([ids], signal, {
      ...(changes.encoder && { source: changes.encoder }), ...(changes.decoder && { decoder: changes.decoder }), ...(changes.cross && { cross: changes.cross }),
    });
    found.push(...(await model.writer!.write(state, { tokens: [written.slice(0, row + 1)] }, signal)).logits.data);
  }
  return Float32Array.from(found);
}

const fixtureOf = ({ folder }: LoadedModel): string => folder.split(/[\\/]/).at(-1)!;

describe('interventions against hooks in PyTorch', () => {
  it.each(['bert', 'gpt2', 'mt5'])('%s: heads, edges, states, layers and positions', async (name) => {
    const golden = readGolden(join(import.meta.dirname, 'interventions', name)) as InterventionGolden;
    const folder = unpacked(committedFamilies, golden.fixture);
    const { ids, written } = readGolden(join(folder, 'golden')) as FamilyGolden;
    const model = await opened(folder, true);
    const plain = await opened(folder, false);
    const of = { ...golden, ids, ...(written && { written }) };
    expect(largestDifference(await logitsOf(plain, of, {}), golden.tensor('whole')!.data)).toBeLessThanOrEqual(1e-4);
    for (const [at, by] of golden.interventions.entries()) {
      const truth = golden.tensor(`changed-${at}`)!.data;
      // Of logits greater than one, as a share of the greatest.
      const scale = Math.max(1, truth.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0));
      expect(largestDifference(await logitsOf(model, of, by), truth) / scale, JSON.stringify(by)).toBeLessThanOrEqual(1e-4);
    }
    await Promise.all([model.dispose(), plain.dispose()]);
  });
});

describe('a graph that is open to changes, and none are made', () => {
  it.each(familyFolders(committedFamilies))('%s says what it always says, to the bit', async (name) => {
    const folder = unpacked(committedFamilies, name);
    const golden = readGolden(join(folder, 'golden')) as FamilyGolden;
    const [plain, open] = [await opened(folder, false), await opened(folder, true)];
    const { tokens } = plain.tokenizer.encode(golden.text);
    const layers = Array.from({ length: plain.info.layers }, (_, layer) => layer);
    const asked: OutputSelection = {
      attention: layers, headOutputs: layers, hidden: [...layers, layers.length],
      ...(golden.kind === 'translates' || golden.kind === 'classifies' ? {} : { logitsAt: tokens.map((_, token) => ({ row: 0, token })) }),
      ...(golden.kind === 'classifies' && { classes: true }),
    };
    // This export takes one text at a time.
    const batch: readonly ModelInput[] = [{ tokens }, ...(name.startsWith('modernbert--dynamo') ? [] : [{ tokens: tokens.slice(0, 4) }])];
    const [ours, theirs] = [await open.run(batch, asked, signal), await plain.run(batch, asked, signal)];
    for (const [what, numbers] of numbersOf(ours)) expect(sameNumbers(numbers, new Map(numbersOf(theirs)).get(what)!, name), what).toBe(true);
    // A head that is off is seen.
    const off = await open.run([{ tokens, interventions: { heads: [{ layer: 0, head: 1, token: null, by: null }] } }], { hidden: [layers.length], headOutputs: [0] }, signal);
    expect(largestDifference(off.hidden.get(layers.length)!.data, (await open.run([{ tokens }], { hidden: [layers.length] }, signal)).hidden.get(layers.length)!.data)).toBeGreaterThan(1e-3);
    const { dims, data } = off.headOutputs.get(0)!;
    const size = dims[2]! * dims[3]!;
    expect(data.subarray(size, 2 * size).every((number) => number === 0)).toBe(true);
    if (golden.written) {
      const said = await Promise.all([plain, open].map(async ({ writer }) => {
        const first = await writer!.write(await writer!.read([golden.ids], signal), { tokens: [golden.written!.slice(0, 3)] }, signal);
        const next = await writer!.write(first.state, { tokens: [golden.written!.slice(3, 4)] }, signal);
        return [first, next].flatMap(({ logits, selfAttention, crossAttention }) => [logits, selfAttention!, crossAttention!].map(({ data }) => data));
      }));
      said[0]!.forEach((numbers, at) => { expect(sameNumbers(numbers, said[1]![at]!, name)).toBe(true); });
    }
    await Promise.all([plain.dispose(), open.dispose()]);
  });
});

function numbersOf({ attention, hidden, headOutputs, logits, classes }: ModelOutputs): readonly (readonly [string, Float32Array])[] {
  const of = (what: string, tensors: ModelOutputs['hidden']) => [...tensors].map(([index, { data }]) => [`${what} ${index}`, data] as const);
  return [...of('attention', attention), ...of('hidden', hidden), ...of('headOutputs', headOutputs), ...(logits ? [['logits', logits.data] as const] : []), ...(classes ? [['classes', classes.data] as const] : [])];
}

/** Half floats are rounded by the runtime where it sees fit, which depends on a node's neighbours: within that. */
function sameNumbers(ours: Float32Array, theirs: Float32Array, name: string): boolean {
  if (name.includes('fp16')) return largestDifference(ours, theirs) <= 1e-2 * Math.max(1, ...theirs.map(Math.abs));
  return ours.length === theirs.length && ours.every((number, at) => number === theirs[at] || (Number.isNaN(number) && Number.isNaN(theirs[at]!)));
}
