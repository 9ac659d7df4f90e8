import { describe, expect, it } from 'vitest';
import { turnTowards } from '../../../src/math/procrustes';

const reference: [number, number][] = [[1, 0], [0, 2], [-1, -1], [0.5, 0.25]];
const turnedTowards = (points: readonly (readonly [number, number])[], towards: readonly (readonly [number, number])[]): [number, number][] =>
  points.map(turnTowards(points, towards));
const close = (points: [number, number][], expected: readonly (readonly [number, number])[]): void => {
  points.flat().forEach((value, at) => { expect(value).toBeCloseTo(expected.flat()[at]!, 10); });
};

describe('turnTowards', () => {
  it('undoes a turn, and a turn with a mirror', () => {
    const [cos, sin] = [Math.cos(2), Math.sin(2)];
    const turned = reference.map(([x, y]): [number, number] => [cos * x - sin * y, sin * x + cos * y]);
    close(turnedTowards(turned, reference), reference);
    close(turnedTowards(turned.map(([x, y]): [number, number] => [x, -y]), reference), reference);
  });

  it('changes no distance', () => {
    const points: [number, number][] = [[0, 1], [3, 1], [2, -2], [1, 1]];
    const turned = turnedTowards(points, reference);
    const lengths = (of: [number, number][]): number[] => of.map(([x, y]) => Math.hypot(x - of[0]![0], y - of[0]![1]));
    lengths(turned).forEach((length, at) => { expect(length).toBeCloseTo(lengths(points)[at]!, 10); });
  });

  it('leaves points at the origin', () => {
    expect(turnedTowards([[0, 0]], [[1, 1]])).toEqual([[0, 0]]);
    expect(turnedTowards([], [])).toEqual([]);
  });
});
