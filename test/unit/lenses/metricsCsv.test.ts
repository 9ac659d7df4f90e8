import { expect, it } from 'vitest';
import { headMetricNames, type HeadMetricName } from '../../../src/lenses/attention/contract';
import { metricsCsv } from '../../../src/lenses/attention/metricsCsv';

it('writes a row for each head, and nothing where nothing was measured', () => {
  const values = Object.fromEntries(headMetricNames.map((name) => [name, null])) as Record<HeadMetricName, Float32Array | null>;
  const csv = metricsCsv({ values: { ...values, previousToken: Float32Array.of(0.123456789, 1, 0, 1e-7), distance: Float32Array.of(1, 2, 3, 4.5) } }, 2, 2);
  const rows = csv.split('\r\n').map((row) => row.split(','));
  expect(rows[0]).toEqual(['layer', 'head', ...headMetricNames]);
  expect(rows.slice(1, 5).map((row) => [row[0], row[1], row[2], row[3], row[9]])).toEqual([
    ['0', '0', '0.123457', '', '1'], ['0', '1', '1', '', '2'], ['1', '0', '0', '', '3'], ['1', '1', '1e-7', '', '4.5'],
  ]);
  expect(rows).toHaveLength(6);
});
