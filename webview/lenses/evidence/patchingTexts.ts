import type { PatchDirection, PatchedThing, Patching } from '../../../src/lenses/evidence/patchContract';
import { formatWeight } from '../../../src/picture/numbers';
import { stateName } from '../stateName';
import { tokenText } from '../tokenText';

export const thingTexts: Readonly<Record<PatchedThing, { readonly label: string; readonly meaning: string }>> = {
  states: { label: 'Hidden states', meaning: 'One hidden state at a time: a row for each layer, a column for each token.' },
  heads: { label: 'Heads', meaning: 'The output of one head at a time, at all aligned tokens: a row for each layer, a column for each head.' },
};

export const directionTexts: Readonly<Record<PatchDirection, { readonly label: string; readonly meaning: string; readonly effect: string }>> = {
  denoising: { label: 'Clean into corrupted', meaning: 'Finds what is enough for the outcome (denoising).', effect: 'recovered' },
  noising: { label: 'Corrupted into clean', meaning: 'Finds what the outcome needs (noising).', effect: 'taken away' },
};

/** A share as two digits: `0.97`, `−0.04`, and `0` for what is none. */
export function shareText(effect: number): string {
  const text = Math.abs(effect).toFixed(2);
  return text === '0.00' ? '0' : `${effect < 0 ? '−' : ''}${text}`;
}

export function rowName({ of }: Pick<Patching, 'of'>, row: number): string {
  return of === 'states' ? stateName(row) : `Layer ${row}`;
}

export function columnName({ of, tokens }: Pick<Patching, 'of' | 'tokens'>, column: number): string {
  return of === 'states' ? tokenText(tokens[column]!) : `head ${column}`;
}

/** What is copied into a column where it is not the same token; null else. */
export function copiedFrom({ from, of, sourceTokens, tokens }: Pick<Patching, 'from' | 'of' | 'sourceTokens' | 'tokens'>, column: number): string | null {
  if (of === 'heads') return null;
  const other = from[column] ?? null;
  if (other === null) return null;
  const text = tokenText(sourceTokens[other]!);
  return text === tokenText(tokens[column]!) ? null : text;
}

/** A cell in words. */
export function cellText(patching: Patching, row: number, column: number): string {
  const name = `${rowName(patching, row)}, ${columnName(patching, column)}`;
  const effect = patching.effect[row * patching.columns + column]!;
  if (Number.isNaN(effect)) return `${name}: ${patching.of === 'states' && (patching.from[column] ?? null) === null ? 'no counterpart in the other text' : 'cannot be replaced'}`;
  const other = copiedFrom(patching, column);
  return `${name}${other === null ? '' : ` ← ${other}`}: ${formatWeight(effect)} ${directionTexts[patching.direction].effect}`;
}
