import type { Theme } from '../../theme';
import { shortPlace, type HeadPart } from './severalHeads';

/** Where an edge of a part can be named. */
export interface LabelPlace {
  readonly part: number;
  readonly x: number;
  readonly y: number;
}

/** Least distance between the middles of two names, in ems. */
const room = 1.3;

/**
 * The places where the parts are named: one for each, on its strongest edge that leaves room; parts without room are
 * not named.
 * @param places strongest last
 */
export function labelPlaces(places: readonly LabelPlace[], size: number): LabelPlace[] {
  const taken: LabelPlace[] = [];
  for (const place of places.toReversed()) {
    if (taken.some(({ part }) => part === place.part)) continue;
    const free = taken.every(({ x, y }) => Math.abs(x - place.x) >= size * room * 2.5 || Math.abs(y - place.y) >= size * room);
    if (free) taken.push(place);
  }
  return taken;
}

/** Names heads on their edges, "3.1", so that they can be told apart without colour. */
export function paintPartLabels(context: CanvasRenderingContext2D, parts: readonly HeadPart[], places: readonly LabelPlace[], theme: Theme): void {
  const size = theme.fontSize - 3;
  context.font = `${size}px ${theme.fontFamily}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = theme.background;
  context.fillStyle = theme.foreground;
  for (const { part, x, y } of labelPlaces(places, size)) {
    const name = shortPlace(parts[part]!);
    context.strokeText(name, x, y);
    context.fillText(name, x, y);
  }
}
