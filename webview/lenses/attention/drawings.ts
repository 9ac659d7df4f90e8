import type { AttendedText } from '../../../src/lenses/attention/contract';
import type { AttentionKind } from '../../../src/lenses/model';
import { crowded, mostOfRow } from './edges';

/** Ways to draw one map. */
export const drawings = [
  { value: 'lines', label: 'Lines' },
  { value: 'matrix', label: 'Matrix' },
  { value: 'text', label: 'Text' },
] as const;
export type Drawing = (typeof drawings)[number]['value'];

/** Longest text, in rows, that is drawn as lines unless the reader says otherwise. */
const longestForLines = 60;

/** The reader's own choice, else what suits the text's length. */
export function drawingFor(choice: Drawing | 'auto', rows: number): Drawing {
  if (choice !== 'auto') return choice;
  return rows > longestForLines ? 'text' : 'lines';
}

/** What a drawing leaves out at this share of each row's weight; empty when nothing. */
export function keptText(drawing: Drawing, mass: number, rows: number): string {
  if (drawing === 'matrix') return '';
  const limited = drawing === 'lines' && rows > crowded;
  if (mass === 1 && !limited) return '';
  const limit = limited ? `, and while no token is followed no more than ${mostOfRow}` : '';
  return `Of each row the largest weights are drawn, up to ${Math.round(mass * 100)}\u202f% of its sum${limit}.`;
}

/** How a drawing is read. */
export const readingTexts: Readonly<Record<Drawing, string>> = {
  lines: 'Wider and stronger lines are larger weights.',
  matrix: 'Stronger cells are larger weights.',
  text: 'Wider and stronger arrows are larger weights; an arrow leads from the query to the key.',
};

/** What a drawing answers to. */
export const gestureTexts: Readonly<Record<Drawing, string>> = {
  lines: 'Point at a token or a line for its weights · click keeps a token, then point at another for the exact weight · Esc lets go · arrow keys walk, Enter keeps.',
  matrix: 'Point at a cell for its weight · click keeps its row, a label its row or column · Esc lets go · arrow keys walk, Enter keeps.',
  text: 'Point at a token for its weights · click keeps it, then point at another for the exact weight · Esc lets go · arrow keys walk, Enter keeps.',
};

/** What queries and keys are called in a drawing. */
export function sideNames({ kind }: { readonly kind: AttentionKind }): { readonly query: string; readonly key: string } {
  return kind === 'cross' ? { query: 'Written', key: 'Source' } : { query: 'Query', key: 'Key' };
}

/** What a kept token does outside the panel: nothing where both texts are written and not in the document. */
export function shadedText({ part, written }: Pick<AttendedText, 'part' | 'written'>): string {
  if (part === 'cross') return 'The document shades the source words that a kept written token looks at.';
  return part === 'decoder' && written ? '' : 'The document shades the words of a kept token.';
}

/** What is particular to a kind of attention: why half of a causal map is empty, what rows and columns are across texts. */
export const kindTexts: Readonly<Record<AttentionKind, string>> = {
  self: '',
  causal: 'Each token looks at itself and what stands before it: what comes later is not yet written (masked).',
  cross: 'Each written token looks at the source, all of which is read before anything is written.',
};
