import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sameSenseOf } from '../../../src/lenses/senses/sameSenseFile';
import { quantized, wordSpaceOf } from '../../../src/lenses/senses/wordSpace';
import { dot, mean, subtract, unit } from '../../../src/math/vector';
import { fakeModel } from '../../support/fakeModel';

it('is the word probe of the built-in encoder in its subspace, as the senses lens has it', async () => {
  const model = fakeModel({ folder: join(import.meta.dirname, '../../../models/encoder'), info: { hiddenSize: 384, layers: 6 } });
  const space = await wordSpaceOf(model);
  const { comparisons, means, probes } = await sameSenseOf(model);
  const { probes: own, projection } = comparisons.find((comparison) => comparison.projection !== null)!;
  const [probe] = own as [number];
  expect(probes[probe]).toMatchObject({ at: 'word', template: ['W'], states: [4, 5, 6] });
  expect(space).toMatchObject({ probe: { states: [4, 5, 6] }, dimensions: 48, fitted: true });
  const states = [1, 2, 3].map((seed) => Float32Array.from({ length: 384 }, (_, at) => Math.sin(seed * at * 1.7 + seed)));
  const shared = unit(subtract(mean(states.map(unit)), means[probe]!));
  const expected = unit(Float32Array.from({ length: 48 }, (_, d) => shared.reduce((sum, x, i) => sum + x * projection![i * 48 + d]!, 0)));
  const vector = space.vector(states);
  expect(dot(vector, expected)).toBeCloseTo(1, 5);
  expect(dot(Float32Array.from(quantized(vector)), expected) / 127).toBeCloseTo(1, 2);
});

it('tells models apart by their weights', async () => {
  const one = await wordSpaceOf(fakeModel());
  const other = await wordSpaceOf({ ...fakeModel(), fingerprint: 'other' });
  expect(one.fingerprint).not.toBe(other.fingerprint);
});
