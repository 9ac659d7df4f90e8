import type { InspectedAttention, Inspection } from '../lenses/inspection/contract';
import { element, type SvgElement } from '../picture/svg';

const [boxWidth, boxHeight, gap, columnGap, margin] = [290, 26, 8, 60, 8];
/** More layers than these are drawn as the first ones, a gap, and the last. */
const mostDrawn = 8;

interface Box {
  readonly text: string;
  readonly kind: 'plain' | 'attention' | 'gap';
  /** Receives keys and values from the encoder. */
  readonly fromEncoder?: boolean;
}

/**
 * The layers of a model, from what goes in at the bottom to what comes out at the top: one column for a stack, two for
 * an encoder and a decoder, with the keys and values that cross from one to the other.
 */
export function layerStack(found: Inspection): SvgElement | null {
  const encoder = found.attentions.filter(({ kind, file }) => kind !== 'cross' && isReader(found, file));
  const decoder = found.attentions.filter(({ file }) => !isReader(found, file));
  if (encoder.length === 0) return null;
  const columns = [column(found, encoder, decoder.length > 0 ? 'Source tokens' : 'Tokens', found.files[0]!.name)];
  if (decoder.length > 0) columns.push(column(found, decoder, 'Tokens written so far', decoder[0]!.file));
  const rows = Math.max(...columns.map((boxes) => boxes.length));
  const height = 2 * margin + rows * (boxHeight + gap) - gap;
  const width = 2 * margin + columns.length * boxWidth + (columns.length - 1) * columnGap;
  const top = (row: number): number => height - margin - (row + 1) * boxHeight - row * gap;
  const left = (at: number): number => margin + at * (boxWidth + columnGap);
  const marks = columns.flatMap((boxes, at) => boxes.flatMap((box, row) => drawn(box, left(at), top(row), row < boxes.length - 1)));
  const arrows = columns.length < 2 ? [] : crossings(columns as [Box[], Box[]], left, top);
  return element('svg', { class: 'stack', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': spoken(found, encoder, decoder) }, ...arrows, ...marks);
}

function isReader({ files }: Inspection, file: string): boolean {
  return file === files[0]?.name;
}

/** From the bottom to the top. */
function column(found: Inspection, attentions: readonly InspectedAttention[], source: string, file: string): Box[] {
  const own = attentions.filter(({ kind }) => kind !== 'cross');
  const crosses = attentions.some(({ kind }) => kind === 'cross');
  const layers = own.map(({ layer, kind, heads }): Box => ({
    text: `Layer ${layer}: ${kind === 'causal' ? 'causal' : 'self'}-${crosses ? ' and cross-' : ''}attention${heads === null ? '' : `, ${heads} heads`}`.replace('- and', ' and'),
    kind: 'attention',
    fromEncoder: crosses,
  }));
  const shown = layers.length <= mostDrawn ? layers : [...layers.slice(0, mostDrawn - 2), gapOf(layers.length - mostDrawn + 1), layers.at(-1)!];
  const outputs = found.outputs.filter((output) => output.file === file);
  return [
    { text: source, kind: 'plain' },
    { text: 'Embeddings', kind: 'plain' },
    ...shown,
    ...outputs.map(({ name, kind, size }): Box => ({ text: `${name}: ${kind}${size === null ? '' : ` (${size})`}`, kind: 'plain' })),
  ];
}

function gapOf(count: number): Box {
  return { text: `${count} more like these`, kind: 'gap' };
}

function drawn({ kind, text }: Box, x: number, y: number, isBelow: boolean): SvgElement[] {
  const middle = x + boxWidth / 2;
  return [
    ...(isBelow ? [element('line', { x1: middle, x2: middle, y1: y, y2: y - gap })] : []),
    ...(kind === 'gap' ? [] : [element('rect', { class: kind, x, y, width: boxWidth, height: boxHeight, rx: 4 })]),
    element('text', { x: middle, y: y + boxHeight / 2 + 4, 'text-anchor': 'middle' }, fitted(text)),
  ];
}

/** Names of outputs are the file's own and may be of any length. */
function fitted(text: string): string {
  return text.length <= 46 ? text : `${text.slice(0, 45)}…`;
}

/** Keys and values of the encoder's last state go to every layer of the decoder. */
function crossings([reading, writing]: readonly [Box[], Box[]], left: (at: number) => number, top: (row: number) => number): SvgElement[] {
  const last = reading.findLastIndex(({ kind }) => kind === 'attention');
  const from = { x: left(0) + boxWidth, y: top(last) + boxHeight / 2 };
  const middle = left(1) - columnGap / 2;
  const rows = writing.flatMap((box, row) => (box.fromEncoder ? [row] : []));
  return rows.map((row) => {
    const y = top(row) + boxHeight / 2;
    return element('path', { class: 'crossing', d: `M${from.x} ${from.y}H${middle}V${y}H${left(1)}` });
  });
}

function spoken({ outputs }: Inspection, encoder: readonly InspectedAttention[], decoder: readonly InspectedAttention[]): string {
  const count = (attentions: readonly InspectedAttention[]): number => attentions.filter(({ kind }) => kind !== 'cross').length;
  const writes = decoder.length === 0 ? '' : ` The encoder's last state gives keys and values to a decoder of ${count(decoder)} layers.`;
  return `Tokens become embeddings, which pass through ${count(encoder)} layers of attention.${writes} Outputs: ${outputs.map(({ name }) => name).join(', ')}.`;
}
