import { HeadlightError } from '../../errors';
import type { Compute } from '../compute';
import { openAnswers } from './answers';
import { patchedSenses } from './patchedSenses';
import { copiesOf, openPatchRuns, patchedVariant } from './patchRuns';

/** What the model says at the place of the outcome with one patch, beside what it says without. */
export const patchedAnswers: Compute<'evidence/patchedAnswers'> = async (request, context) => {
  const { clean, corrupted, of, direction, row, column, top } = request;
  // Of a cosine the word is masked for its substitutes, so that tokens stay where they are.
  const runs = openPatchRuns(request, context);
  const { from } = runs;
  const { layers } = context.model.info;
  const [base, source] = (direction === 'denoising' ? [corrupted, clean] : [clean, corrupted]).map((outcome) => openAnswers(outcome, top, context)) as [ReturnType<typeof openAnswers>, ReturnType<typeof openAnswers>];
  const copies = await copiesOf(base.rows[0]!, source.rows[0]!, { from, readState: layers }, of, context);
  const isIn = (index: number, count: number): boolean => Number.isInteger(index) && index >= 0 && index < count;
  if (!isIn(row, copies.rows) || !isIn(column, copies.columns)) {
    throw new HeadlightError('out-of-range', `There is no cell ${row}, ${column}: the map has ${copies.rows} × ${copies.columns}.`);
  }
  if (of === 'states' && from[column] === null) {
    throw new HeadlightError('out-of-range', `“${base.rows[0]!.tokens[column]!.text}” has no counterpart in the other text, so nothing is copied there. Choose another token.`);
  }
  const cell = copies.cell(row, column);
  const before = await base.answer({ rows: base.rows });
  return {
    model: context.model.info,
    kind: base.kind,
    before,
    patched: cell === null ? before : await base.answer(patchedVariant(base, cell, context)),
    source: await source.answer({ rows: source.rows }),
    senses: await patchedSenses(request, runs, context),
  };
};
