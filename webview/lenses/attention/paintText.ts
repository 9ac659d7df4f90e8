import { level, rampColor } from '../../../src/picture/ramp';
import { drawArcs, isArcVisible, arcMark, type Box } from '../../draw/arcs';
import { formatWeight } from '../../format';
import type { Theme } from '../../theme';
import { spaced } from './runningText';

/** Everything that decides how running text looks, but for the text itself, which stands above it. */
export interface TextPicture {
  readonly boxes: readonly Box[];
  /** What each box is shaded by. */
  readonly shades: Float32Array;
  /** The weight of the strongest shade. */
  readonly max: number;
  /** Curves between boxes, strongest last. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly weight: number }[];
  /** Boxes whose numbers are written, strongest first; those without room are left out. */
  readonly numbered: readonly number[];
  readonly theme: Theme;
}

/** Most numbers written at once. */
const mostNumbers = 8;
const corner = 3;

/** Draws the part of running text that lies between two heights. */
export function paintText(context: CanvasRenderingContext2D, picture: TextPicture, top: number, bottom: number): void {
  const { boxes, shades, max, edges, numbered, theme } = picture;
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
  const marks = edges.map(({ from, to, weight }) => arcMark(boxes[from]!, boxes[to]!, level(weight, max)));
  drawArcs(context, marks.filter((mark) => isArcVisible(mark, top, bottom)), theme.data, theme.highContrast ? 1.8 : 1);

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
