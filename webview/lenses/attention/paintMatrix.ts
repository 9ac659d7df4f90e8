import { fitText } from '../../draw/canvas';
import type { GridPlace } from '../../draw/grid';
import { visibleSpan, type MatrixLayout } from '../../draw/matrix';
import { level, rampColor } from '../../../src/picture/ramp';
import type { Theme } from '../../theme';
import { isMasked, isSelected, itemOf, type AxisItem, type HeadView } from './headView';
import { partColors, strongestPart } from './severalHeads';
import type { Followed } from './viewState';

/** The colour of a cell by its weight; the weight's sign is marked by `paintMatrix`. */
export type CellColor = (weight: number) => string;

/** Everything that decides how the matrix looks. */
export interface MatrixPicture {
  readonly view: HeadView;
  readonly layout: MatrixLayout;
  readonly theme: Theme;
  /** Row or column −1: a label is pointed at. */
  readonly pointed: GridPlace | null;
  readonly pinned: Followed | null;
  /** Token indexes that the editor's selection touches. */
  readonly selected: readonly number[];
  /** Null for the theme's scale of weights. */
  readonly colorOf: CellColor | null;
  /** Cells that are crossed out: their edge is cut. */
  readonly cuts?: readonly GridPlace[];
}

/** The part of the drawing that is on screen, in CSS pixels. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

/** Draws the part of a matrix that a viewport shows; labels stay at the edges while cells scroll. */
export function paintMatrix(context: CanvasRenderingContext2D, picture: MatrixPicture, viewport: Viewport): void {
  const { view, layout, theme, pointed, pinned, selected, colorOf } = picture;
  const { queries, keys, weights, max } = view;
  const { left, top, cell } = layout;
  const { width, height } = viewport;
  const rows = visibleSpan(viewport.top, height - top, cell, queries.length);
  const columns = visibleSpan(viewport.left, width - left, cell, keys.length);
  const x = (column: number): number => left + column * cell - viewport.left;
  const y = (row: number): number => top + row * cell - viewport.top;

  const within = (box: readonly [number, number, number, number], draw: () => void): void => {
    context.save();
    context.beginPath();
    context.rect(...box);
    context.clip();
    draw();
    context.restore();
  };
  const frame = (place: GridPlace, color: string, lineWidth: number): void => {
    context.strokeStyle = color;
    context.lineWidth = lineWidth;
    if (place.row >= 0) context.strokeRect(left - 4, y(place.row) - 0.5, layout.width, cell);
    if (place.column >= 0) context.strokeRect(x(place.column) - 0.5, top - 4, cell, layout.height);
  };
  const minus = (middleX: number, middleY: number, strength: number): void => {
    context.fillStyle = strength > 0.6 ? theme.background : theme.foreground;
    context.fillRect(Math.round(middleX - cell / 5), Math.round(middleY - 1), Math.round(cell / 2.5), 1.5);
  };
  const cross = (fromX: number, fromY: number): void => {
    const [from, to] = [1.5, cell - 2.5];
    context.beginPath();
    context.moveTo(fromX + from, fromY + from);
    context.lineTo(fromX + to, fromY + to);
    context.moveTo(fromX + to, fromY + from);
    context.lineTo(fromX + from, fromY + to);
    // On a ground of its own, as cells are of any shade.
    for (const [color, lineWidth] of [[theme.background, 4], [theme.foreground, 1.5]] as const) {
      context.strokeStyle = color;
      context.lineWidth = lineWidth;
      context.stroke();
    }
  };
  const label = (side: 'query' | 'key', item: AxisItem, isPointed: boolean, room: number): void => {
    const strong = isPointed || isSelected(view, side, item, selected);
    context.fillStyle = strong || !(item.special || pointed) ? theme.foreground : theme.muted;
    context.fillText(fitText(context, item.label, room - 8), 0, 0);
  };
  const colors = partColors(view, theme);
  const masked = view.kind === 'causal' ? hatching(context, theme) : null;

  within([left, top, width - left, height - top], () => {
    for (let row = rows.first; row < rows.last; row++) {
      for (let column = columns.first; column < columns.last; column++) {
        const at = row * keys.length + column;
        const weight = weights[at]!;
        const shade = level(weight, max);
        // Several heads: the hue tells which of them the largest weight is of.
        const own = view.parts ? colors[strongestPart(view.parts, at)]! : rampColor(theme.ramp, shade);
        const hatched = masked !== null && isMasked(view, row, column);
        context.globalAlpha = view.parts && !hatched ? shade : 1;
        context.fillStyle = hatched ? masked : (colorOf?.(weight) ?? own);
        context.fillRect(x(column), y(row), cell - 1, cell - 1);
        context.globalAlpha = 1;
        // Below zero, so that the sign can be told without colours; tiny weights stay as empty as they look.
        if (-weight > 0.05 * max) minus(x(column) + cell / 2, y(row) + cell / 2, level(-weight, max));
      }
    }
    for (const { row, column } of picture.cuts ?? []) cross(x(column), y(row));
    if (pointed) frame(pointed, theme.foreground, 1);
    const at = pinned ? itemOf(pinned.side === 'query' ? queries : keys, pinned.token) : -1;
    if (pinned) frame(pinned.side === 'query' ? { row: at, column: -1 } : { row: -1, column: at }, theme.foreground, 2);
  });

  context.font = `${Math.min(theme.fontSize - 1, cell - 1)}px ${theme.editorFontFamily}`;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  within([0, top, left, height - top], () => {
    for (let row = rows.first; row < rows.last; row++) {
      context.save();
      context.translate(left - 6, y(row) + cell / 2);
      label('query', queries[row]!, pointed?.row === row, left);
      context.restore();
    }
  });
  context.textAlign = 'left';
  within([left, 0, width - left, top], () => {
    for (let column = columns.first; column < columns.last; column++) {
      context.save();
      context.translate(x(column) + cell / 2, top - 6);
      context.rotate(-Math.PI / 2);
      label('key', keys[column]!, pointed?.column === column, top);
      context.restore();
    }
  });
}

/** Slanted lines for cells that the model may not look at, so that they cannot be taken for small weights. */
function hatching(context: CanvasRenderingContext2D, theme: Theme): CanvasPattern | string {
  const tile = document.createElement('canvas');
  const side = 5;
  tile.width = side;
  tile.height = side;
  const pen = tile.getContext('2d');
  if (!pen) return theme.grid;
  pen.strokeStyle = theme.muted;
  pen.globalAlpha = theme.highContrast ? 0.7 : 0.4;
  pen.beginPath();
  // The corners of the neighbouring tiles' lines too, so that they meet.
  for (const shift of [-side, 0, side]) {
    pen.moveTo(shift - 1, side + 1);
    pen.lineTo(shift + side + 1, -1);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? theme.grid;
}
