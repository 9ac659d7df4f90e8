import { html, type TemplateResult } from 'lit';
import type { GridPlace } from '../../../draw/grid';
import { pairOf, type Difference } from './difference';

/** A cell of one of the three matrices. */
export interface PointedCell extends GridPlace {
  readonly side: 'a' | 'b' | 'difference';
}

/** The same cell in another of the matrices; −1 for a row or column that it lacks. */
export function placeIn(side: PointedCell['side'], cell: PointedCell, { queries, keys }: Difference): GridPlace {
  if (cell.side === side) return cell;
  const across = (aligned: Difference['queries'], index: number): number => {
    if (index < 0) return -1;
    const pair = cell.side === 'difference' ? index : pairOf(aligned, cell.side, index);
    return side === 'difference' || pair < 0 ? pair : aligned[pair]![side][0]!;
  };
  return { row: across(queries, cell.row), column: across(keys, cell.column) };
}

/** The numbers of a cell: A, B and their difference, or the one side that has it. */
export function differenceReadout(cell: PointedCell, difference: Difference): TemplateResult {
  const { side, row, column } = cell;
  const own = side === 'difference' ? difference.view : difference[side];
  const name = (label: string): TemplateResult => html`<span class="source-text">${label}</span>`;
  if (row < 0 || column < 0) {
    return html`${row >= 0 ? 'Query' : 'Key'} ${name((row >= 0 ? own.queries[row] : own.keys[column])!.label)}`;
  }
  const { row: query, column: key } = placeIn('difference', cell, difference);
  if (query < 0 || key < 0) {
    const weight = own.weights[row * own.keys.length + column]!;
    return html`${name(own.queries[row]!.label)} → ${name(own.keys[column]!.label)} ·
      <strong class="number">${side.toUpperCase()} ${weight.toFixed(4)}</strong> <span class="muted">not in ${side === 'a' ? 'B' : 'A'}</span>`;
  }
  const { view, weightsA, weightsB } = difference;
  const at = query * view.keys.length + key;
  return html`${name(view.queries[query]!.label)} → ${name(view.keys[key]!.label)} ·
    <span class="number">A ${weightsA[at]!.toFixed(4)}</span> · <span class="number">B ${weightsB[at]!.toFixed(4)}</span> ·
    <strong class="number">B − A ${signed(view.weights[at]!)}</strong>`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
