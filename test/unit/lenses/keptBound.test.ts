import { expect, it } from 'vitest';
import type { Relation } from '../../../src/lenses/checks/contract';
import { boundRange, keptBound } from '../../../src/lenses/checks/keptBound';
import { parseChecks } from '../../../src/lenses/checks/parse';
import { holds } from '../../../src/lenses/checks/run';

const of = (line: string) => parseChecks(`model: a\ntext: the cow\n  ${line}\n`);

it.each(['>=', '>', '<=', '<'] as const)('a bound for %s holds for whatever was measured, and leaves it room', (relation: Relation) => {
  const [expectation] = of(`effect of head 1.1 on P(cow) ${relation} 0.5`).file!.texts[0]!.expectations;
  for (const measured of [0, 1e-9, 0.02, 0.2, 0.437, 0.999, 1, -0.02, -0.437, 12, 4e5, -1e-12]) {
    const bound = keptBound(expectation!, measured);
    expect(holds(measured, { ...expectation!, bound }), `${measured} ${relation} ${bound}`).toBe(true);
    expect(Math.abs(bound - measured)).toBeLessThanOrEqual(Math.max(Math.abs(measured), 0.002));
  }
});

it('a rank gets a rank, with room for half of it again', () => {
  const [rank] = of('P(cow) rank <= 1').file!.texts[0]!.expectations;
  expect(keptBound(rank!, 7)).toBe(20);
});

it.each(['0.4', '40 %', '-1e-3', '−.5', '3'])('the bound %s is found where it stands, comment or not', (bound) => {
  const source = `model: a\ntext: the cow\n  P(cow) >= ${bound}  # as of May, 3 of 4\n`;
  const { faults, file } = parseChecks(source);
  expect(faults).toEqual([]);
  const { end, start } = boundRange(source, file!.texts[0]!.expectations[0]!)!;
  expect(source.slice(start, end)).toBe(bound);
});

it('numbers that are printed with twenty-one digits, or as many decimals, are read again', () => {
  for (const bound of [1e20, 123456789012345680000, 0.0000012345678901234567, 1e-7, 1e21]) expect(of(`cosine of the and cow <= ${bound}`).file!.texts[0]!.expectations[0]!.bound).toBe(bound);
});
