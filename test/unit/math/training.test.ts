import { describe, expect, it } from 'vitest';
import { lbfgs, type Objective } from '../../../src/math/lbfgs';
import { randomNumbers } from '../../../src/math/random';
import { columnScale, standardized } from '../../../src/math/standardize';
import { stratifiedFolds, stratifiedSample, stratifiedSplit } from '../../../src/math/stratified';
import { wilsonInterval } from '../../../src/math/wilson';

const usual = { tolerance: 1e-9, mostIterations: 1000 };

describe('L-BFGS', () => {
  it('finds the end of Rosenbrock’s valley, lower with every step', () => {
    const valley: Objective = (x, gradient) => {
      const [a, b] = [x[0]!, x[1]!];
      gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
      gradient[1] = 200 * (b - a * a);
      return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
    };
    const x = Float64Array.of(-1.2, 1);
    const values = [...lbfgs(valley, x, usual)];
    expect([...x].map((one) => one.toFixed(6))).toEqual(['1.000000', '1.000000']);
    expect(values).toEqual(values.toSorted((one, other) => other - one));
    expect(values.length).toBeLessThan(60);
  });

  it('stays where it is at a minimum, and ends where nothing goes down', () => {
    const bowl: Objective = (x, gradient) => { gradient[0] = 2 * x[0]!; return x[0]! ** 2; };
    expect([...lbfgs(bowl, Float64Array.of(0), usual)]).toEqual([]);
    const wrong: Objective = (x, gradient) => { gradient[0] = -2 * x[0]!; return x[0]! ** 2; };
    const x = Float64Array.of(1);
    expect([...lbfgs(wrong, x, usual)]).toEqual([]);
    expect(x[0]).toBe(1);
  });

  it('can be left after any step', () => {
    const bowl: Objective = (x, gradient) => x.reduce((sum, one, i) => { gradient[i] = 2 * (i + 1) * (one - 1); return sum + (i + 1) * (one - 1) ** 2; }, 0);
    const x = new Float64Array(5);
    const steps = lbfgs(bowl, x, usual);
    const first = steps.next().value!;
    expect(first).toBeLessThan(15);
    expect(bowl(x, new Float64Array(5))).toBeCloseTo(first, 9);
  });
});

describe('parts of examples', () => {
  const targets = Uint16Array.from({ length: 103 }, (_, row) => (row < 2 ? 2 : row % 3 === 0 ? 0 : 1));
  const countOf = (rows: readonly number[]): number[] => [0, 1, 2].map((k) => rows.filter((row) => targets[row] === k).length);

  it('have each class in proportion, and every row once', () => {
    const [training, heldOut] = stratifiedSplit(targets, 0.2, randomNumbers(1));
    expect([...training, ...heldOut].sort((one, other) => one - other)).toEqual([...targets.keys()]);
    expect(countOf(heldOut)).toEqual([7, 13, 1]);
    expect(countOf(training)[2]).toBe(1);
    expect(stratifiedSplit(targets, 0.2, randomNumbers(1))).toEqual([training, heldOut]);
    expect(stratifiedSplit(targets, 0.2, randomNumbers(2))).not.toEqual([training, heldOut]);
  });

  it('as folds differ by one row at most, in each class too', () => {
    const folds = stratifiedFolds(targets, 5, randomNumbers(1));
    for (const k of [0, 1]) {
      const sizes = [0, 1, 2, 3, 4].map((fold) => [...folds].filter((own, row) => own === fold && targets[row] === k).length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it('as samples have every class', () => {
    const sample = stratifiedSample(targets, 10, randomNumbers(3));
    expect(countOf(sample)).toEqual([3, 7, 1]);
    expect(new Set(sample).size).toBe(sample.length);
  });
});

describe('columns', () => {
  it('are moved to mean 0 and deviation 1; one that is the same everywhere stays finite', () => {
    const matrix = { data: Float32Array.of(1, 5, 3, 5, 5, 5), rows: 3, columns: 2 };
    const scale = columnScale(matrix);
    expect([...scale.deviation].map((one) => one.toFixed(4))).toEqual(['1.6330', '1.0000']);
    expect([...standardized(matrix, scale).data].map((one) => one.toFixed(4))).toEqual(['-1.2247', '0.0000', '0.0000', '0.0000', '1.2247', '0.0000']);
  });
});

describe('Wilson’s interval', () => {
  it('of nothing says nothing, and never leaves 0 to 1', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
    for (let trials = 1; trials < 40; trials++) {
      for (let hits = 0; hits <= trials; hits++) {
        const [low, high] = wilsonInterval(hits, trials);
        expect(low >= 0 && low <= hits / trials && hits / trials <= high && high <= 1).toBe(true);
      }
    }
  });
});
