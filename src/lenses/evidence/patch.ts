import { HeadlightError } from '../../errors';
import type { Compute, ComputeContext } from '../compute';
import type { PatchedThing } from './patchContract';
import { type Copies, copiesOf, openPatchRuns, patchedVariant, type PatchRuns } from './patchRuns';

/** Outcomes nearer to each other than this, in shares of the greater, are the same: runs of other batches differ by less. */
const leastDifference = 1e-5;

/** The outcome of one text with each state, or each head, of another text in the place of its own. */
export const patch: Compute<'evidence/patch'> = async (request, context) => {
  const { of, direction } = request;
  const runs = openPatchRuns(request, context);
  const { base, from, source } = runs;
  const [clean] = await runs.clean.measure([{ rows: runs.clean.rows }]);
  const [corrupted] = await runs.corrupted.measure([{ rows: runs.corrupted.rows }]);
  requireDifferent(clean!, corrupted!, base.name);
  const copies = await copiesOf(base.rows[0]!, source.rows[0]!, runs, of, context);
  const [before, after] = direction === 'denoising' ? [corrupted!, clean!] : [clean!, corrupted!];
  const { patched, limits } = await measureCells(runs, copies, of, before, context);
  return {
    model: context.model.info,
    name: base.name, scale: base.scale, of, direction, from, limits, patched,
    clean: clean!, corrupted: corrupted!,
    tokens: base.rows[0]!.tokens, sourceTokens: source.rows[0]!.tokens,
    rows: copies.rows, columns: copies.columns,
    effect: patched.map((value) => (value - before) / (after - before)),
  };
};

/** Row by row, so that rows which cannot be patched are left out and the others are there. */
async function measureCells(
  { base, from }: PatchRuns, copies: Copies, of: PatchedThing, before: number, context: ComputeContext,
): Promise<{ readonly patched: Float32Array; readonly limits: readonly string[] }> {
  const { rows, columns } = copies;
  const patched = new Float32Array(rows * columns).fill(NaN);
  const limits: string[] = [];
  let done = 0;
  const total = rows * columns;
  for (let row = 0; row < rows; row++) {
    const cells: number[] = [];
    const variants = [];
    for (let column = 0; column < columns; column++) {
      if (of === 'states' && from[column] === null) continue;
      const cell = copies.cell(row, column);
      if (cell === null) patched[row * columns + column] = before;
      else {
        cells.push(column);
        variants.push(patchedVariant(base, cell, context));
      }
    }
    const report = (measured: number): void => { context.progress({ message: 'Patching', done: done + measured, total }); };
    report(0);
    if (variants.length > 0) {
      try {
        const values = await base.measure(variants, report);
        cells.forEach((column, index) => { patched[row * columns + column] = values[index]!; });
      } catch (error) {
        if (!(error instanceof HeadlightError) || error.code !== 'cannot-intervene') throw error;
        patched.fill(NaN, row * columns, (row + 1) * columns);
        limits.push(error.message);
      }
    }
    done += columns;
  }
  if (limits.length === rows) throw new HeadlightError('cannot-intervene', limits[0]!);
  return { patched, limits };
}

/** @throws HeadlightError `out-of-range` */
function requireDifferent(clean: number, corrupted: number, name: string): void {
  if (Math.abs(clean - corrupted) > leastDifference * Math.max(Math.abs(clean), Math.abs(corrupted))) return;
  throw new HeadlightError('out-of-range', `${name} is the same of both texts (${Number(clean.toPrecision(4))}), so there is no difference that a patch could carry over. Give texts that differ in it.`);
}
