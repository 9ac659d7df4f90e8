import type { Theme } from '../theme';

/** A numbered mark on a map, and the label beside the first of its word. */
export interface MapLabel {
  readonly x: number;
  readonly y: number;
  readonly number: string;
  /** Null for further marks of a word. */
  readonly label: string | null;
}

/** Radius of a numbered mark in pixels. */
export const markRadius = 8;
const lineHeight = 14;
const longest = 24;

interface Box {
  readonly left: number;
  readonly top: number;
}

/**
 * Numbers in the marks and labels beside them: a label stands where it covers the
 * fewest marks and no other label. One for which there is no room is left out: the number still tells the word.
 * @param marks of everything on the map, which labels make way for
 */
export function drawMapLabels(
  context: CanvasRenderingContext2D,
  labels: readonly MapLabel[],
  marks: readonly { readonly x: number; readonly y: number }[],
  size: { readonly width: number; readonly height: number },
  theme: Theme,
): void {
  context.save();
  context.textBaseline = 'middle';
  context.fillStyle = theme.foreground;
  context.font = `10px ${theme.fontFamily}`;
  context.textAlign = 'center';
  for (const { x, y, number } of labels) context.fillText(number, x, y + 0.5);
  context.font = `${theme.fontSize - 1}px ${theme.fontFamily}`;
  context.textAlign = 'start';
  const taken: (Box & { readonly length: number })[] = [];
  for (const { x, y, label } of labels) {
    if (label === null || !Number.isFinite(x)) continue;
    const text = shortLabel(label);
    const length = context.measureText(text).width;
    const free = placesBeside(x, y, length, size.width).filter(
      ({ left, top }) =>
        left >= 0 && left + length <= size.width && top >= 0 && top + lineHeight <= size.height &&
        !taken.some((other) => Math.abs(other.top - top) < lineHeight && left < other.left + other.length && left + length > other.left),
    );
    const covered = free.map(({ left, top }) => marks.filter((mark) => covers(mark, left, top, length)).length);
    const place = free[covered.indexOf(Math.min(...covered))];
    if (!place) continue;
    taken.push({ ...place, length });
    context.fillText(text, place.left, place.top + lineHeight / 2 + 0.5);
  }
  context.restore();
}

/** To the right of a mark, to the left, below and above. */
function placesBeside(x: number, y: number, length: number, width: number): Box[] {
  const gap = markRadius + 4;
  const middle = y - lineHeight / 2;
  const centred = Math.max(0, Math.min(x - length / 2, width - length));
  return [
    { left: x + gap, top: middle },
    { left: x - gap - length, top: middle },
    { left: centred, top: y + gap - 2 },
    { left: centred, top: y - gap + 2 - lineHeight },
  ];
}

function covers({ x, y }: { readonly x: number; readonly y: number }, left: number, top: number, length: number): boolean {
  const reach = markRadius / 2;
  return x + reach > left && x - reach < left + length && y + reach > top && y - reach < top + lineHeight;
}

function shortLabel(label: string): string {
  const characters = Array.from(label);
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : label;
}
