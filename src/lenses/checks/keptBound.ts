import type { TextRange } from '../../text/range';
import type { Expectation, PlacedExpectation } from './contract';
import { boundAbove, boundBelow, rankAbove } from './propose';
import { holds } from './run';

/** Shares of a value by which a bound leaves it room where one digit leaves none. */
const rooms = [0.1, 0.5];

/**
 * A bound that what was measured keeps, with some room: what a check becomes when the model is right and the check is not.
 * @param measured a finite number
 */
export function keptBound(expectation: Expectation, measured: number): number {
  const up = expectation.relation.startsWith('<');
  const size = Math.max(Math.abs(measured), 0.001);
  const candidates = [
    ...(expectation.measured.kind === 'rank' && up ? [rankAbove(measured)] : [up ? boundAbove(measured) : boundBelow(measured)]),
    ...rooms.map((room) => Number((measured + (up ? room : -room) * size).toPrecision(2))),
  ];
  return candidates.find((bound) => holds(measured, { ...expectation, bound })) ?? measured + (up ? size : -size);
}

/** Where the bound of an expectation stands in its file. */
export function boundRange(source: string, { range: { end, start } }: PlacedExpectation): TextRange | null {
  const found = /[-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*%?$/i.exec(source.slice(start, end));
  return found && { start: start + found.index, end };
}
