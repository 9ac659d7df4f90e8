import { csvTable } from '../../picture/csv';
import type { Patching } from './patchContract';

/** A patching map as comma-separated values, a row for each patch; what cannot be patched is left empty. */
export function patchingCsv({ columns, effect, from, of, patched, rows, sourceTokens, tokens }: Patching): string {
  const number = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const states = of === 'states';
  const lines = Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const other = from[column] ?? null;
    const place = states ? [column, tokens[column]!.text, other === null ? null : sourceTokens[other]!.text] : [column];
    return [row, ...place, number(patched[at]!), number(effect[at]!)];
  });
  const heading = states ? ['state', 'token index', 'token', 'copied from', 'patched', 'effect'] : ['layer', 'head', 'patched', 'effect'];
  return csvTable([heading, ...lines]);
}
