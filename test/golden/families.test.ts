import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import { attentionOverview } from '../../src/lenses/attention/compute';
import { attentionSum } from '../../src/lenses/attention/sum';
import { evidence } from '../../src/lenses/classification/evidence';
import { generate } from '../../src/lenses/generation/compute';
import { predict } from '../../src/lenses/predictions/compute';
import { translate } from '../../src/lenses/translation/compute';
import { embed } from '../../src/lenses/vectors/compute';
import { contextOf } from '../support/computeContext';
import { committedFamilies, familyFolders, type FamilyGolden, measureFamily, unpacked } from '../support/families';
import { mayMiss, rowOf, supportTable, tolerances } from '../support/familyTable';
import { readGolden } from '../support/golden';

const table = join(import.meta.dirname, 'SUPPORT.md');
const goldenOf = (folder: string): FamilyGolden => readGolden(join(folder, 'golden')) as FamilyGolden;

describe('families against PyTorch', () => {
  const names = familyFolders(committedFamilies);

  it('are all there', () => {
    const families = new Set(names.map((name) => name.split('--')[0]));
    expect([...families]).toEqual(expect.arrayContaining(['albert', 'electra', 'mpnet', 'deberta-v2', 'xlm-roberta', 'modernbert', 'mt5', 'qwen2', 'llama']));
    for (const part of ['fused', 'fp16', 'int8', 'q4', 'genai', 'optimum-1.16', 'external']) expect(names.some((name) => name.includes(part)), part).toBe(true);
  });

  it.each(names)('%s', async (name) => {
    const folder = unpacked(committedFamilies, name);
    const golden = goldenOf(folder);
    const found = await measureFamily(folder);
    const attention = golden.tensor('attention')!;
    expect([found.layers, found.heads]).toEqual(attention.dims.slice(0, 2));
    const own = Array.from({ length: found.layers }, () => (golden.kind === 'continues' ? 'causal' : 'self'));
    const decoder = golden.kind === 'translates' ? [...own.map(() => 'causal'), ...own.map(() => 'cross')] : [];
    expect(found.kinds).toEqual([...own, ...decoder]);
    expect(found.limits).toEqual([]);
    const { fromPyTorch, edited } = tolerances(golden.precision);
    for (const [what, difference] of Object.entries(found.differences)) expect(difference, what).toBeLessThanOrEqual(fromPyTorch);
    expect(found.edited ?? 0, 'edited').toBeLessThanOrEqual(edited);
    expect(found.sums).toBeLessThanOrEqual(mayMiss);
    // The table in the repository tells of this very fixture, and as it is.
    expect(readFileSync(table, 'utf8')).toContain(rowOf(golden));
  });
});

describe('every lens that fits the kind of a model', () => {
  it.each(familyFolders(committedFamilies))('%s', async (name) => {
    const folder = unpacked(committedFamilies, name);
    const { kind, text } = goldenOf(folder);
    const model = await loadModel({ model: folder, device: 'cpu' }, { builtInModels: folder, storage: null }, new AbortController().signal);
    const context = contextOf(model);
    const request = { model: folder, device: 'cpu', text } as const;
    const { heads, layers } = await attentionOverview(request, context);
    const sum = await attentionSum({ ...request, layer: layers - 1, head: heads - 1, query: 2 }, context);
    expect(sum.weights.reduce((all, weight) => all + weight, 0)).toBeCloseTo(1, 2);
    const { vectors } = await embed({ model: folder, device: 'cpu', layer: -1, occurrences: [{ sentence: text, start: 4, end: 7 }] }, context);
    expect(vectors[0]!.every(Number.isFinite)).toBe(true);
    if (kind === 'classifies') {
      const { words } = await evidence({ ...request, method: 'delete' }, context);
      expect(words.length).toBeGreaterThan(3);
      expect(words.every(({ logit }) => Number.isFinite(logit))).toBe(true);
    }
    if (kind === 'reads') {
      const { masks } = await predict({ ...request, top: 3 }, context);
      expect(masks[0]!.predictions).toHaveLength(3);
    } else {
      await expect(predict({ ...request, text: `The ${model.info.maskToken ?? 'cow'} sat.`, top: 3 }, context)).rejects.toMatchObject({ code: expect.stringMatching(/^no-/) as string });
    }
    const writing = { ...request, alternatives: 2, maxTokens: 4, choice: { kind: 'greedy' } } as const;
    if (kind === 'continues') expect((await generate({ ...writing, lens: 2 }, context)).steps.length).toBeGreaterThan(0);
    if (kind === 'translates') {
      const { steps } = await translate(writing, context);
      expect(steps[0]!.crossAttention).not.toBeNull();
      expect((await attentionOverview({ ...request, part: 'cross', written: { ids: steps.map(({ id }) => id) } }, context)).heads).toBe(heads);
    }
    await model.dispose();
  });
});

/** Folders of `make_family_fixtures.py --all`, to write the table anew: `HEADLIGHT_FAMILIES=A,B npx vitest run --project golden families`. */
const measured = process.env['HEADLIGHT_FAMILIES']?.split(',') ?? [];

describe.runIf(measured.length > 0)('the table of what is supported', () => {
  it('is written', { timeout: 3_600_000 }, async () => {
    await supportTable(measured, table);
  });
});
