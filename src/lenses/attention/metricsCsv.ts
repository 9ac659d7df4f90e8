import { headMetricNames, type HeadMetrics } from './contract';

/** Head metrics as comma-separated values (RFC 4180), a row for each head, six significant digits; empty where the text has nothing to measure. */
export function metricsCsv({ values }: HeadMetrics, layers: number, heads: number): string {
  const rows = Array.from({ length: layers * heads }, (_, at) => [
    Math.floor(at / heads),
    at % heads,
    ...headMetricNames.map((name) => {
      const value = values[name]?.[at];
      return value === undefined ? '' : Number(value.toPrecision(6));
    }),
  ]);
  return [['layer', 'head', ...headMetricNames], ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
