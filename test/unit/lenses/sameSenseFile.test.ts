import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uncalibrated } from '../../../src/lenses/senses/sameSense';
import { sameSenseOf } from '../../../src/lenses/senses/sameSenseFile';
import { fakeModel } from '../../support/fakeModel';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headlight-'));
});
afterEach(() => rm(folder, { recursive: true }));

const fitted = {
  limits: { maxTokens: 64, templateTokens: 6, wordTokens: 16 },
  probes: [{ template: ['W', 'and', 'M'], at: 'mask', states: [1, 2] }],
  weights: [{ raw: 1, centred: 2 }],
  bias: -1,
  threshold: 0.4,
};

async function sameSenseIn(content: string) {
  await writeFile(join(folder, 'same-sense.json'), content);
  return sameSenseOf(fakeModel({ folder }));
}

describe('sameSenseOf', () => {
  it('reads what was fitted for the model', async () => {
    expect(await sameSenseIn(JSON.stringify(fitted))).toEqual({ ...fitted, calibrated: true });
  });

  it('does without for a model that has none', async () => {
    const model = fakeModel({ folder });
    expect(await sameSenseOf(model)).toEqual(uncalibrated(model));
  });

  it.each([
    ['not JSON', '{', /is not JSON/],
    ['another form', '{"probes": []}', /form of a same-sense model/],
    ['an unknown place', JSON.stringify({ ...fitted, probes: [{ ...fitted.probes[0], at: 'here' }] }), /form/],
    ['states that the model has not', JSON.stringify({ ...fitted, probes: [{ ...fitted.probes[0], states: [3] }] }), /does not fit/],
    ['too few weights', JSON.stringify({ ...fitted, probes: [...fitted.probes, ...fitted.probes] }), /does not fit/],
  ])('refuses %s', async (_, content, message) => {
    await expect(sameSenseIn(content)).rejects.toMatchObject({
      code: 'model-broken',
      message: expect.stringMatching(message) as string,
    });
  });
});
