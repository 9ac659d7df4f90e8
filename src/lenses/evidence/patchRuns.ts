import { HeadlightError } from '../../errors';
import type { ComputeContext } from '../compute';
import type { HeadIntervention } from '../interventions';
import type { ModelInput, Tensor } from '../model';
import { type Alignment, alignTokens } from './alignTokens';
import type { PatchedThing, PatchRequest } from './patchContract';
import { openOutcome, type OpenOutcome, type Variant } from './outcome';

/** The two texts of a patch request, and what of one can stand in for what of the other. */
export interface PatchRuns {
  readonly clean: OpenOutcome;
  readonly corrupted: OpenOutcome;
  /** The one that is patched, and the one that is copied from. */
  readonly base: OpenOutcome;
  readonly source: OpenOutcome;
  /** By token of `base`. */
  readonly from: Alignment;
  /** The earliest hidden state that the outcome is read off. */
  readonly readState: number;
}

/** @throws HeadlightError `out-of-range` for outcomes of two kinds, or texts that have nothing in common; as `openOutcome` */
export function openPatchRuns({ clean, corrupted, direction }: PatchRequest, context: ComputeContext): PatchRuns {
  requireOfText(context);
  if (clean.kind === 'separation' || corrupted.kind === 'separation') {
    throw new HeadlightError('out-of-range', 'How well groups stand apart is of many texts, and patching is between two. Choose the cosine of two occurrences.');
  }
  const [cleanOutcome, corruptedOutcome] = [openOutcome(clean, context), openOutcome(corrupted, context)];
  if (clean.kind !== corrupted.kind || cleanOutcome.name !== corruptedOutcome.name) {
    throw new HeadlightError('out-of-range', `${cleanOutcome.name} of the clean text is not ${corruptedOutcome.name} of the corrupted one. Measure the same of both.`);
  }
  const [base, source] = direction === 'denoising' ? [corruptedOutcome, cleanOutcome] : [cleanOutcome, corruptedOutcome];
  const [to, by] = [base.rows[0]!, source.rows[0]!];
  const [toPlaces, byPlaces] = [base.readAt[0]!, source.readAt[0]!];
  // The places that are read belong together, even where other words stand there.
  const meeting = toPlaces.slice(0, byPlaces.length).map((place, index) => [place, byPlaces[index]!] as const);
  const from = alignTokens(idsOf(to), idsOf(by), meeting);
  if (from.every((other) => other === null)) {
    throw new HeadlightError('out-of-range', 'The two texts have no token in common, so nothing of one can stand in for the other. Give sentences that differ in a word or two.');
  }
  const readState = corrupted.kind === 'cosine' ? corrupted.state ?? context.model.info.layers : context.model.info.layers;
  return { clean: cleanOutcome, corrupted: corruptedOutcome, base, source, from, readState };
}

/** @throws HeadlightError `cannot-intervene` for a model whose layers do not read the text */
function requireOfText({ model: { info } }: ComputeContext): void {
  if (info.layers > 0 && info.heads > 0) return;
  throw new HeadlightError('cannot-intervene', `${info.name} has no layers of attention that read a text, so there is nothing to copy. Choose a transformer, such as the built-in encoder.`);
}

export function idsOf({ ids, tokens }: ModelInput): readonly number[] {
  return ids ?? tokens.map(({ id }) => id);
}

/** How the patched text is run: with interventions, from where its layers are not what they were without. */
export type CellPatch = Required<Pick<ModelInput, 'interventions'>> & Pick<ModelInput, 'resumed'>;

/** What was computed of two texts, of which one is copied into the other. */
export interface Copies {
  /** What is done to the patched text for a cell of the map. Null where what is copied is what stands there already. */
  cell(row: number, column: number): CellPatch | null;
  readonly rows: number;
  readonly columns: number;
}

/** Computes both texts once. @throws HeadlightError as `TransformerModel.run` */
export async function copiesOf(
  base: ModelInput, source: ModelInput, { from, readState }: Pick<PatchRuns, 'from' | 'readState'>, of: PatchedThing, { model, signal }: ComputeContext,
): Promise<Copies> {
  const { heads, layers, writes } = model.info;
  const resumes = model.resumes === true && writes?.task !== 'translation';
  const states = Array.from({ length: layers + 1 }, (_, state) => state);
  const all = Array.from({ length: of === 'states' ? layers + 1 : layers }, (_, index) => index);
  const kept = of === 'states' ? 'hidden' : 'headOutputs';
  const { hidden, [kept]: own } = await model.run([base], { [kept]: all, ...(resumes && { hidden: states }) }, signal);
  const { [kept]: others } = await model.run([source], { [kept]: all }, signal);
  const resumed = (state: number): Pick<ModelInput, 'resumed'> => (resumes && state > 0 && state < layers && state <= readState ? { resumed: { state, vectors: hidden.get(state)!.data } } : {});
  const columns = of === 'states' ? base.tokens.length : heads;
  return {
    rows: all.length,
    columns,
    cell: (row, column) => {
      const [mine, theirs] = [own.get(row)!, others.get(row)!];
      if (of === 'states') {
        const other = from[column]!;
        const by = vectorAt(theirs, [other]);
        if (isSame(by, vectorAt(mine, [column]))) return null;
        // A state that a run begins at is handed over with the patch in it.
        if (resumed(row).resumed) return { interventions: {}, resumed: { state: row, vectors: replaced(mine, column, by) } };
        return { interventions: { states: [{ state: row, token: column, by }] }, ...resumed(row - 1) };
      }
      const changed = from.flatMap((other, token): HeadIntervention[] => {
        if (other === null) return [];
        const by = vectorAt(theirs, [column, other]);
        return isSame(by, vectorAt(mine, [column, token])) ? [] : [{ layer: row, head: column, token, by }];
      });
      return changed.length === 0 ? null : { interventions: { heads: changed }, ...resumed(row) };
    },
  };
}

/** The last axis at a place of the others, in the first row of a run. */
function vectorAt({ dims, data }: Tensor, place: readonly number[]): Float32Array {
  const size = dims.at(-1)!;
  const at = place.reduce((sum, index, axis) => sum * dims[axis + 1]! + index, 0);
  return data.slice(at * size, (at + 1) * size);
}

/** A row's vectors with one of them replaced. */
function replaced({ data }: Tensor, token: number, by: Float32Array): Float32Array {
  const vectors = data.slice();
  vectors.set(by, token * by.length);
  return vectors;
}

function isSame(one: Float32Array, other: Float32Array): boolean {
  return one.every((value, index) => value === other[index]);
}

/** An outcome's variant in which its first text is patched. */
export function patchedVariant({ rows }: Pick<OpenOutcome, 'rows'>, patch: CellPatch, { model }: ComputeContext): Variant {
  // An encoder–decoder reads the text with its encoder.
  if (model.info.writes?.task === 'translation') return { rows, writer: { source: patch.interventions } };
  const [first, ...others] = rows;
  return { rows: [{ ...first!, ...patch }, ...others] };
}
