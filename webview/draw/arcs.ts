/** Where a token stands in wrapped text, in CSS pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A curve from one token to another with an arrow head at its end. */
export interface ArcMark {
  readonly start: Point;
  /** Control points of the cubic curve. */
  readonly bends: readonly [Point, Point];
  /** The curve ends where the arrow head begins. */
  readonly end: Point;
  /** Tip first. */
  readonly head: readonly [Point, Point, Point];
  /** Stroke width in CSS pixels. */
  readonly width: number;
  /** 0–1 */
  readonly opacity: number;
}

/** Gap between lines of text, in CSS pixels: room for bows, heads and numbers. */
export const lineGap = 18;

const middle = ({ left, width }: Box): number => left + width / 2;

/**
 * The curve of an edge between tokens of wrapped text. Within a line it bows over the tokens; between lines it leaves by
 * the side that faces the other line. Width and opacity grow with `strength`, and so does the arrow head, so that the
 * direction can be seen without colour.
 * @param strength 0–1
 */
export function arcMark(from: Box, to: Box, strength: number): ArcMark {
  const s = Math.min(1, Math.max(0, strength));
  const [start, first, second, tip] = curve(from, to);
  const length = 4 + 4 * s;
  const [dx, dy] = [tip.x - second.x, tip.y - second.y];
  const span = Math.hypot(dx, dy) || 1;
  const along = { x: dx / span, y: dy / span };
  const end = { x: tip.x - along.x * length, y: tip.y - along.y * length };
  const half = 2 + 2.5 * s;
  return {
    start,
    bends: [first, second],
    end,
    head: [tip, { x: end.x - along.y * half, y: end.y + along.x * half }, { x: end.x + along.y * half, y: end.y - along.x * half }],
    width: 0.75 + 2.75 * s * s,
    opacity: 0.04 + 0.96 * s ** 0.8,
  };
}

function curve(from: Box, to: Box): readonly [Point, Point, Point, Point] {
  const [x0, x1] = [middle(from), middle(to)];
  const sameLine = Math.abs(from.top - to.top) < from.height / 2;
  if (!sameLine) {
    const down = to.top > from.top;
    const [y0, y1] = down ? [from.top + from.height, to.top] : [from.top, to.top + to.height];
    const bend = Math.max(lineGap, Math.abs(y1 - y0) / 2) * (down ? 1 : -1);
    return [{ x: x0, y: y0 }, { x: x0, y: y0 + bend }, { x: x1, y: y1 - bend }, { x: x1, y: y1 }];
  }
  const { top } = from;
  if (from === to || x0 === x1) {
    const reach = Math.min(8, from.width / 3);
    const y = top - lineGap;
    return [{ x: x0 - reach, y: top }, { x: x0 - reach * 2, y }, { x: x0 + reach * 2, y }, { x: x0 + reach, y: top }];
  }
  // A cubic curve rises to three quarters of its control points.
  const rise = Math.min(26, 10 + Math.abs(x1 - x0) * 0.06) / 0.75;
  const lean = (x1 - x0) * 0.15;
  return [{ x: x0, y: top }, { x: x0 + lean, y: top - rise }, { x: x1 - lean, y: top - rise }, { x: x1, y: top }];
}

/** Whether any part of a curve can lie between two heights: a cubic curve stays within its four points. */
export function isArcVisible({ start, bends, end, head }: ArcMark, top: number, bottom: number): boolean {
  const heights = [start.y, bends[0].y, bends[1].y, end.y, head[0].y];
  return Math.max(...heights) >= top && Math.min(...heights) <= bottom;
}

/** A point of a curve, from its start (0) to the arrow head (1). */
export function arcPoint({ start, bends: [first, second], end }: ArcMark, t: number): Point {
  const [a, b, c, d] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
  return {
    x: a * start.x + b * first.x + c * second.x + d * end.x,
    y: a * start.y + b * first.y + c * second.y + d * end.y,
  };
}

/** Draws curves as they are listed, the last on top, with their opacities times `emphasis`. */
export function drawArcs(context: CanvasRenderingContext2D, marks: readonly (ArcMark & { readonly color: string })[], emphasis = 1): void {
  for (const { start, bends: [first, second], end, head, width, opacity, color } of marks) {
    context.strokeStyle = color;
    context.fillStyle = color;
    context.globalAlpha = Math.min(1, opacity * emphasis);
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.bezierCurveTo(first.x, first.y, second.x, second.y, end.x, end.y);
    context.stroke();
    context.beginPath();
    head.forEach(({ x, y }, at) => { if (at === 0) context.moveTo(x, y); else context.lineTo(x, y); });
    context.fill();
  }
  context.globalAlpha = 1;
}
