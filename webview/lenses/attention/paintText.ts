import { level, rampColor } from '../../../src/picture/ramp';
import { arcMark, arcPoint, drawArcs, isArcVisible, type Box } from '../../draw/arcs';
import { formatWeight } from '../../format';
import type { Theme } from '../../theme';
import { paintPartLabels } from './partLabels';
import { spaced } from './runningText';
import type { HeadPart } from './severalHeads';

/** Everything that decides how running text looks, but for the text itself, which stands above it. */
export interface TextPicture {
  readonly boxes: readonly Box[];
  /** What each box is shaded by. */
  readonly shades: Float32Array;
  /** The weight of the strongest shade. */
  readonly max: number;
  /** Curves between boxes, strongest last. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly weight: number; readonly part: number }[];
  /** By part: of one map, or of several heads, which then are named. */
  readonly colors: readonly string[];
  readonly parts: readonly HeadPart[] | null;
  /** Boxes whose numbers are written, strongest first; those without room are left out. */
  readonly numbered: readonly number[];
  readonly theme: Theme;
}

/** Most numbers written at once. */
const mostNumbers = 8;
const corner = 3;

/** Draws the part of running text that lies between two heights. */
export function paintText(context: CanvasRenderingContext2D, picture: TextPicture, top: number, bottom: number): void {
  const { boxes, shades, max, edges, colors, parts, numbered, theme } = picture;
  const isVisible = (box: Box): boolean => box.top + box.height >= top && box.top <= bottom;
  context.save();
  context.translate(0, -top);
  boxes.forEach((box, at) => {
    const shade = level(shades[at]!, max);
    if (shade === 0 || !isVisible(box)) return;
    context.fillStyle = rampColor(theme.ramp, shade);
    context.beginPath();
    context.roundRect(box.left, box.top, box.width, box.height, corner);
    context.fill();
  });
  const marks = edges
    .map(({ from, to, weight, part }) => ({ ...arcMark(boxes[from]!, boxes[to]!, level(weight, max)), color: colors[part]!, part }))
    .filter((mark) => isArcVisible(mark, top, bottom));
  drawArcs(context, marks, theme.highContrast ? 1.8 : 1);
  if (parts) paintPartLabels(context, parts, marks.map((mark) => ({ part: mark.part, ...arcPoint(mark, 0.5) })), theme);

  const size = theme.fontSize - 2;
  context.font = `${size}px ${theme.fontFamily}`;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.lineJoin = 'round';
  context.lineWidth = 3;
  context.strokeStyle = theme.background;
  context.fillStyle = theme.foreground;
  for (const at of spaced(numbered, boxes, mostNumbers, size * 3.2)) {
    const box = boxes[at]!;
    if (!isVisible(box)) continue;
    const text = formatWeight(shades[at]!);
    // Numbers at the sides stay within the drawing.
    const x = Math.max(size * 1.2, box.left + box.width / 2);
    context.strokeText(text, x, box.top + box.height + 2);
    context.fillText(text, x, box.top + box.height + 2);
  }
  context.restore();
}
