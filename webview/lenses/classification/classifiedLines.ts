import type { ClassificationLines } from '../../../src/lenses/classification/contract';
import type { LabelledLine } from '../../../src/lenses/classification/labelledLines';
import { greatest, probabilitiesOf } from '../../../src/lenses/classification/outcome';
import type { DocumentText } from '../../../src/panel/contract';
import type { TextRange } from '../../../src/text/range';
import type { LineOrder } from './viewState';

/** A line of the document that was read, with where its text stands there. */
export interface ClassifiedRow extends TextRange {
  /** From 1, as the editor counts. */
  readonly line: number;
  readonly text: string;
  readonly label: number;
  /** Probabilities of the classes, or the number that is the answer. */
  readonly values: readonly number[];
  /** The class that its author gave it; null for none. */
  readonly truth: number | null;
  readonly cut: boolean;
}

/** Lines of a document, with where each begins in it. */
export function linesOf({ offset, text }: DocumentText): { readonly text: string; readonly start: number }[] {
  return Array.from(text.matchAll(/[^\r\n]*(?:\r?\n|$)/g))
    .filter(({ 0: line, index }) => line !== '' || index < text.length)
    .map(({ 0: line, index }) => ({ text: line.replace(/\r?\n$/, ''), start: offset + index }));
}

/** What came of the lines, without those in which there is nothing to read. */
export function classifiedRows(document: DocumentText, lines: readonly LabelledLine[], { cut, logits, model }: ClassificationLines): ClassifiedRow[] {
  const count = model.labels!.length;
  const places = linesOf(document);
  const wasCut = new Set(cut);
  return lines.flatMap(({ from, text, truth }, index): ClassifiedRow[] => {
    const own = logits.slice(index * count, (index + 1) * count);
    if (own.length === 0 || own.some(Number.isNaN)) return [];
    const start = places[index]!.start + from;
    return [{
      line: document.line + index, start, end: start + text.length, text, truth, cut: wasCut.has(index),
      label: greatest(own), values: [...(probabilitiesOf(own, model.problemType!) ?? own)],
    }];
  });
}

/** How sure the model is of a line: by how much the most probable class is ahead of the next. */
function lead({ values }: ClassifiedRow): number {
  const [first = 0, second = 0] = [...values].sort((a, b) => b - a);
  return first - second;
}

/** In the order of the document, those first whose classes are nearest to each other, or whose own class is least probable. */
export function ordered(rows: readonly ClassifiedRow[], order: LineOrder): readonly ClassifiedRow[] {
  if (order === 'document') return rows;
  if (order === 'unsure') return rows.toSorted((a, b) => lead(a) - lead(b));
  const ofTruth = ({ truth, values }: ClassifiedRow): number => (truth === null ? Infinity : values[truth]!);
  return rows.toSorted((a, b) => ofTruth(a) - ofTruth(b));
}

/** How many lines have the label that their author gave them; null where none has one. */
export function agreement(rows: readonly ClassifiedRow[]): { readonly right: number; readonly of: number } | null {
  const known = rows.filter(({ truth }) => truth !== null);
  return known.length === 0 ? null : { right: known.filter(({ label, truth }) => label === truth).length, of: known.length };
}
