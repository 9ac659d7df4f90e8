import { describe, expect, it } from 'vitest';
import type { LensProgress } from '../../../src/lenses/calls';
import { rankHeads } from '../../../src/lenses/evidence/rankHeads';
import type { ModelInput } from '../../../src/lenses/model';
import { contextOf } from '../../support/computeContext';
import { fakeModel, type FakeModelOptions } from '../../support/fakeModel';

const outcome = { kind: 'class', text: 'the cow', label: 1 } as const;
const request = { model: 'fake', device: 'cpu', outcome, ablation: 'zero' } as const;

describe('rankHeads', () => {
  it('runs a row without each head, and tells layers as they are done, the last first', async () => {
    const rows: ModelInput[] = [];
    const told: LensProgress[] = [];
    const options: FakeModelOptions = { onRun: (batch) => { rows.push(...batch); } };
    const { parts, value } = await rankHeads(request, contextOf(fakeModel(options), (progress) => { told.push(progress); }));
    const ablated = rows.flatMap(({ interventions }) => interventions?.heads ?? []).map(({ layer, head, by }) => [layer, head, by]);
    expect(ablated).toEqual([1, 0].flatMap((layer) => [0, 1, 2].map((head) => [layer, head, null])));
    expect(parts).toMatchObject([{ part: 'encoder', layers: 2, heads: 3 }]);
    // This model minds no interventions.
    expect([...parts[0]!.effects, ...parts[0]!.logOdds!]).toEqual(Array.from({ length: 12 }, () => 0));
    expect(value).toBeGreaterThan(0);
    expect(told.flatMap(({ effects }) => effects?.layer ?? [])).toEqual([1, 0]);
    expect(told.at(-1)).toMatchObject({ done: 6, total: 6 });
  });

  it('stops between runs when it is cancelled, and refuses a model without heads', async () => {
    const controller = new AbortController();
    const context = contextOf(fakeModel({ onRun: () => { controller.abort(); } }));
    await expect(rankHeads(request, { ...context, signal: controller.signal })).rejects.toThrow();
    await expect(rankHeads(request, contextOf(fakeModel({ info: { layers: 0 } })))).rejects.toMatchObject({ code: 'cannot-intervene' });
  });
});
