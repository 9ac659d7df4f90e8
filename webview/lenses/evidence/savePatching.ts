import type { Patching } from '../../../src/lenses/evidence/patchContract';
import { patchingCsv } from '../../../src/lenses/evidence/patchingCsv';
import { modelFields } from '../../../src/lenses/modelFields';
import type { SavedFile } from '../../../src/panel/contract';
import { matrixPicture } from '../../../src/picture/matrixPicture';
import { level } from '../../../src/picture/ramp';
import type { Theme } from '../../theme';
import { differenceColor } from '../attention/compare/differenceLegend';
import { type FileFormat, savedFile } from '../pictureFile';
import { formatOutcome } from './outcomeTexts';
import { largest } from './patchingMap';
import { columnName, copiedFrom, directionTexts, rowName } from './patchingTexts';

/** A patching map as the reader sees it, in a file. */
export function savedPatching(patching: Patching, format: FileFormat, theme: Theme): Promise<SavedFile> {
  const { model, name, of } = patching;
  return savedFile(`patching ${of} ${model.name} ${name}`, format, {
    svg: () => svgOf(patching, theme),
    csv: () => patchingCsv(patching),
    json: () => jsonOf(patching),
  });
}

function svgOf(patching: Patching, theme: Theme): string {
  const { clean, columns, corrupted, direction, effect, model, name, of, rows, scale } = patching;
  const { background, foreground, muted, data, diverging } = theme;
  const max = largest(patching);
  const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
  // The sign goes through the level: what is below zero has a colour of its own.
  const signed = (value: number): number => Math.sign(value) * level(Math.abs(value), max) ** 2;
  return matrixPicture({
    queries: range(rows).map((row) => rowName(patching, row)),
    keys: range(columns).map((column) => {
      const copied = copiedFrom(patching, column);
      return copied === null ? columnName(patching, column) : `${copied} → ${columnName(patching, column)}`;
    }),
    weights: effect.map((value) => (Number.isNaN(value) ? 0 : value)),
    max,
    title: `${model.name} · ${name} ${formatOutcome(clean, scale)} of the clean text, ${formatOutcome(corrupted, scale)} of the corrupted one`,
    note: `Share of the difference ${directionTexts[direction].effect} by one ${of === 'states' ? 'hidden state' : 'head'}: blue up to ${max.toFixed(2)}, orange the other way.`,
  }, { background, foreground, muted, data, ramp: (at) => differenceColor(diverging, at, 1) }, signed);
}

function jsonOf({ clean, columns, corrupted, direction, effect, from, model, name, of, patched, rows, scale, sourceTokens, tokens }: Patching): string {
  const map = (values: Float32Array): (number | null)[][] => Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns), (value) => (Number.isNaN(value) ? null : value)));
  return `${JSON.stringify({
    ...modelFields(model), outcome: name, scale, clean, corrupted, of, direction,
    tokens: tokens.map(({ text }) => text), sourceTokens: sourceTokens.map(({ text }) => text), from, effect: map(effect), patched: map(patched),
  }, null, 1)}\n`;
}
