import type { PatchDirection, PatchedAnswers, PatchedThing, Patching } from '../../../src/lenses/evidence/patchContract';
import type { Prediction } from '../../../src/lenses/predictions/contract';
import type { SenseName } from '../../../src/lenses/senses/contract';
import { formatWeight } from '../../../src/picture/numbers';
import { visibleLine, visibleText } from '../../../src/text/visibleText';
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

/** How the map is read, in one sentence. */
export function readingText({ direction, of }: Pick<Patching, 'direction' | 'of'>): string {
  const what = direction === 'denoising' ? 'brings the clean sentence’s answer back' : 'takes the clean sentence’s answer away';
  return of === 'states'
    ? `Read it from the top, where the text goes in, down to the last layer: the stronger the blue of a cell, the more this one vector ${what}, so that the blue cells are the way which the difference takes through tokens and layers.`
    : `Each row is a layer and each cell one of its heads: the stronger the blue of a cell, the more this one head ${what}; orange goes the other way.`;
}

const answerNames: Readonly<Record<PatchedAnswers['kind'], string>> = { predictions: 'token', classes: 'class', substitutes: 'substitute' };

/** What one patch does to what the model says, in words. */
export function movedText({ before, kind, patched, senses, source }: PatchedAnswers): string {
  const said: string[] = senses ? [movedSense(senses.before, senses.patched)] : [];
  const [one, other] = [before[0], patched[0]];
  if (one && other) said.push(one.token === other.token ? `“${visibleText(one.token)}” stays the most probable ${answerNames[kind]}.` : `The most probable ${answerNames[kind]} goes from “${visibleText(one.token)}” to “${visibleText(other.token)}”.`);
  // Every class is listed.
  if (kind !== 'classes') said.push(`Of the ${patched.length} listed, ${shared(patched, source)} are also the other sentence’s; without the patch ${shared(before, source)}.`);
  return said.join(' ');
}

function shared(list: readonly Prediction[], others: readonly Prediction[]): number {
  const ids = new Set(others.map(({ id }) => id));
  return list.filter(({ id }) => ids.has(id)).length;
}

function movedSense(before: SenseName, patched: SenseName): string {
  const [from, to] = [clearSense(before), clearSense(patched)];
  if (from === to) return from === null ? 'What the word means is not clear, as it was not before.' : `The word still means “${from}”.`;
  if (to === null) return `What the word means is no longer clear; it was “${from}”.`;
  return from === null ? `The word now means “${to}”; before, it was not clear.` : `The word’s sense moves from “${from}” to “${to}”.`;
}

/** The first sense where it is clear; null else. */
function clearSense({ clear, senses: [first] }: SenseName): string | null {
  return clear && first ? visibleLine(first.gloss) : null;
}

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
