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

/** Base64 of as many floats as the fake model is wide, or of any others. */
const floats = (count: number, value = 0.5): string =>
  Buffer.from(new Float32Array(count).fill(value).buffer).toString('base64');
const width = fakeModel().info.hiddenSize;

const probe = { template: ['W', 'and', 'M'], at: 'mask', states: [1, 2], mean: floats(width) };
const comparison = { probes: [0], projection: floats(width * 2, 3), raw: 1, centred: 2, spread: 3 };
const file = {
  limits: { maxTokens: 64, templateTokens: 6, wordTokens: 16 },
  probes: [probe],
  comparisons: [comparison],
  logCount: 0.5,
  counted: 8,
  bias: -1,
  split: { distance: 1, smaller: 0.5, larger: -0.5, bias: 0.2 },
};

async function sameSenseIn(content: string) {
  await writeFile(join(folder, 'same-sense.json'), content);
  return sameSenseOf(fakeModel({ folder }));
}

describe('sameSenseOf', () => {
  it('reads what was fitted for the model', async () => {
    expect(await sameSenseIn(JSON.stringify(file))).toEqual({
      ...file,
      means: [new Float32Array(width).fill(0.5)],
      comparisons: [{ ...comparison, projection: new Float32Array(width * 2).fill(3) }],
      calibrated: true,
    });
  });

  it('does without for a model that has none', async () => {
    const model = fakeModel({ folder });
    expect(await sameSenseOf(model)).toEqual(uncalibrated(model));
  });

  it.each([
    ['not JSON', '{', /is not JSON/],
    ['another form', '{"probes": []}', /form of a same-sense model/],
    ['an unknown place', JSON.stringify({ ...file, probes: [{ ...probe, at: 'here' }] }), /form/],
    ['states that the model has not', JSON.stringify({ ...file, probes: [{ ...probe, states: [3] }] }), /does not fit/],
    ['a mean of another width', JSON.stringify({ ...file, probes: [{ ...probe, mean: floats(width + 1) }] }), /does not fit/],
    ['no split', JSON.stringify({ ...file, split: undefined }), /form/],
    ['a projection of another width', JSON.stringify({ ...file, comparisons: [{ ...comparison, projection: floats(width * 2 + 1) }] }), /does not fit/],
    ['a probe that is not there', JSON.stringify({ ...file, comparisons: [{ ...comparison, probes: [1] }] }), /does not fit/],
  ])('refuses %s', async (_, content, message) => {
    await expect(sameSenseIn(content)).rejects.toMatchObject({
      code: 'model-broken',
      message: expect.stringMatching(message) as string,
    });
  });
});
