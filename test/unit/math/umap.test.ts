import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../src/math/random';
import { umapCoordinates } from '../../../src/math/umap';

/** So many points around each of three directions far apart. */
function clouds(each: number): Float32Array[] {
  const random = randomNumbers(7);
  return Array.from({ length: 3 * each }, (_, at) => Float32Array.from({ length: 30 }, (_, d) => (d % 3 === at % 3 ? 1 : 0) + 0.2 * random()));
}
const rest = (): Promise<void> => Promise.resolve();

describe('umapCoordinates', () => {
  it('gives the same picture each time', async () => {
    const points = clouds(4);
    expect(await umapCoordinates(points, rest)).toEqual(await umapCoordinates(points, rest));
  });

  it('keeps neighbourhoods: the nearest other point is one of the same cloud', async () => {
    const found = await umapCoordinates(clouds(12), rest);
    found.forEach(([x, y], at) => {
      const nearest = found.map(([u, v], other) => (other === at ? Infinity : Math.hypot(u - x, v - y)));
      expect(nearest.indexOf(Math.min(...nearest)) % 3).toBe(at % 3);
    });
  });

  it('takes few points, and equal ones', async () => {
    const points = [...clouds(2), ...clouds(2)];
    const found = await umapCoordinates(points.slice(0, 8), rest);
    expect(found.flat().every(Number.isFinite)).toBe(true);
    expect(found.reduce((sum, [x]) => sum + x, 0)).toBeCloseTo(0, 6);
  });

  it('stops when it is told to', async () => {
    let pauses = 0;
    const stop = (): Promise<void> => (++pauses === 3 ? Promise.reject(new Error('enough')) : Promise.resolve());
    await expect(umapCoordinates(clouds(4), stop)).rejects.toThrow('enough');
    expect(pauses).toBe(3);
  });
});
