import type { ComputeContext } from '../compute';
import type { ModelInput } from '../model';
import type { SenseName } from '../senses/contract';
import { nameOf, readingOf } from '../senses/names';
import { isOfWord, probeVector } from '../senses/probes';
import { senseDictionaryOf } from '../senses/senseDictionaryFile';
import type { OpenOutcome } from './outcome';
import type { PatchedAnswersRequest, PatchedSenses } from './patchContract';
import { copiesOf, patchedVariant, type PatchRuns } from './patchRuns';

/**
 * What the word of a cosine means in the patched text, in it with one patch, and in the text copied from. Null for other outcomes,
 * for a model whose dictionary reads more than the word as it stands, and for a word that it does not list.
 * @throws HeadlightError as `TransformerModel.run`
 */
export async function patchedSenses({ clean, column, of, row }: PatchedAnswersRequest, { base, from, source }: PatchRuns, context: ComputeContext): Promise<PatchedSenses | null> {
  const { model, signal } = context;
  if (clean.kind !== 'cosine') return null;
  const dictionary = await senseDictionaryOf(model);
  if (!dictionary?.probes.every(isOfWord)) return null;
  const { end, sentence, start } = clean.pair[0];
  const word = sentence.slice(start, end);
  const hidden = [...new Set(dictionary.probes.flatMap(({ states }) => states))].sort((a, b) => a - b);
  const copies = await copiesOf(base.rows[0]!, source.rows[0]!, { from, readState: hidden[0]! }, of, context);
  const cell = copies.cell(row, column);
  const before = await senseIn(base.rows[0]!, base);
  const patched = cell === null ? before : await senseIn(patchedVariant(base, cell, context).rows[0]!, base);
  const other = await senseIn(source.rows[0]!, source);
  return before && patched && other && { states: hidden, before, patched, source: other };

  async function senseIn(input: ModelInput, { readAt }: OpenOutcome): Promise<SenseName | null> {
    const outputs = await model.run([input], { hidden }, signal);
    const reading = readingOf(word, dictionary!.probes.map((probe) => probeVector(probe, outputs, 0, readAt[0]!)), dictionary!);
    return reading && nameOf(reading);
  }
}
