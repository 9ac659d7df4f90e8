import type { MapPicture } from './mapPicture';

/**
 * Row labels, column labels and weights as comma-separated values (RFC 4180), with six significant digits; the rows of
 * several maps follow each other, with the map's name before them.
 */
export function csvOf({ queries, keys, weights, parts }: Pick<MapPicture, 'queries' | 'keys' | 'weights' | 'parts'>): string {
  const maps = parts?.map((part) => ({ name: [part.name], weights: part.weights })) ?? [{ name: [], weights }];
  const rows = maps.flatMap((map) =>
    queries.map((query, row) => [
      ...map.name,
      field(query),
      ...Array.from(map.weights.subarray(row * keys.length, (row + 1) * keys.length), (weight) => String(Number(weight.toPrecision(6)))),
    ]),
  );
  const corner = [...(parts ? ['layer.head'] : []), 'query \\ key'];
  return [[...corner, ...keys.map(field)], ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** Rows of a table as comma-separated values (RFC 4180); numbers with six significant digits, null left empty. */
export function csvTable(rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null): string =>
    typeof value === 'string' ? field(value) : value === null ? '' : String(Number(value.toPrecision(6)));
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Quoted where the format asks for it; a leading =, +, -, @ or tab is kept from being run as a formula by spreadsheets. */
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && text.length > 1 ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
