import { describe, expect, it } from 'vitest';
import { principalPlane } from '../../../src/math/pca';

const principalCoordinates = (of: readonly Float32Array[]) => principalPlane(of).coordinates;
const points = (rows: readonly (readonly number[])[]) => rows.map((row) => Float32Array.from(row));

describe('principalPlane', () => {
  it('lays the longest direction along x, the next along y, and the mean at the origin', () => {
    const found = principalCoordinates(points([[6, 1, 7], [-4, 1, 7], [1, 3.5, 7], [1, -1.5, 7]]));
    const expected = [[5, 0], [-5, 0], [0, 2.5], [0, -2.5]];
    found.forEach(([x, y], i) => {
      expect(Math.abs(x)).toBeCloseTo(Math.abs(expected[i]![0]!), 5);
      expect(Math.abs(y)).toBeCloseTo(Math.abs(expected[i]![1]!), 5);
    });
    expect(found[0]![0]).toBeCloseTo(-found[1]![0], 5);
  });

  it('puts the farthest point on the positive side, whatever the sign of the data', () => {
    for (const sign of [1, -1]) {
      const found = principalCoordinates(points([[9 * sign, 0], [-3 * sign, 1], [-3 * sign, -1], [-3 * sign, 0]]));
      expect(found[0]![0]).toBeCloseTo(9, 5);
    }
  });

  it('keeps distances of points that lie in a plane', () => {
    const found = principalCoordinates(points([[0, 0, 0, 0], [3, 0, 0, 0], [0, 0, 4, 0]]));
    const distance = (i: number, j: number) => Math.hypot(found[i]![0] - found[j]![0], found[i]![1] - found[j]![1]);
    expect([distance(0, 1), distance(0, 2), distance(1, 2)].map((d) => Number(d.toFixed(4)))).toEqual([3, 4, 5]);
  });

  it('puts equal points, a single one, and none where they belong', () => {
    expect(principalCoordinates(points([[0.1, 0.7], [0.1, 0.7], [0.1, 0.7]]))).toEqual([[0, 0], [0, 0], [0, 0]]);
    expect(principalCoordinates(points([[4, 4]]))).toEqual([[0, 0]]);
    expect(principalCoordinates([])).toEqual([]);
  });

  it('takes hundreds of points with many duplicates', () => {
    const cloud = points(Array.from({ length: 300 }, (_, i) => Array.from({ length: 400 }, (_, j) => Math.sin((i % 7) * j))));
    const found = principalCoordinates(cloud);
    expect(found[7]![0]).toBeCloseTo(found[0]![0], 4);
    expect(found.flat().every(Number.isFinite)).toBe(true);
  });

  it('projects a vector to where it stands among the points, whatever it has beside the plane', () => {
    const rows = [[6, 1, 7], [-4, 1, 7], [1, 3.5, 7], [1, -1.5, 7]];
    const { coordinates, project } = principalPlane(points(rows));
    points(rows).forEach((row, i) => { project(row).forEach((x, axis) => { expect(x).toBeCloseTo(coordinates[i]![axis]!, 5); }); });
    const [x, y] = project(Float32Array.of(6, 1, 700));
    expect([x, y]).toEqual([expect.closeTo(coordinates[0]![0], 5), expect.closeTo(coordinates[0]![1], 5)]);
    expect(principalPlane([]).project(Float32Array.of(1))).toEqual([0, 0]);
  });
});
