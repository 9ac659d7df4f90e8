import type { MapPicture } from './mapPicture';

/** Row labels, column labels and weights as comma-separated values (RFC 4180), with six significant digits. */
export function csvOf({ queries, keys, weights }: Pick<MapPicture, 'queries' | 'keys' | 'weights'>): string {
  const rows = queries.map((query, row) => [
    field(query),
    ...Array.from(weights.subarray(row * keys.length, (row + 1) * keys.length), (weight) => String(Number(weight.toPrecision(6)))),
  ]);
  return [['query \\ key', ...keys.map(field)], ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** Quoted where the format asks for it; a leading =, +, -, @ or tab is kept from being run as a formula by spreadsheets. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && text.length > 1 ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
