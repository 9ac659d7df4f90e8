import { join } from 'node:path';
import { TextDecoder } from 'node:util';
import type { Compute } from '../compute';
import { brokenFile, isListOf, readModelFile } from '../senses/modelFile';
import type { LengthGroup, RecordedFigures } from './contract';

const without = 'do without recorded results';

/** What stands in `figures.json` beside the model, checked. */
export const recorded: Compute<'lineage/recorded'> = async (_, { model }) => {
  const path = join(model.folder, 'figures.json');
  const bytes = await readModelFile(path, without);
  return { model: model.info, figures: bytes && readFigures(new TextDecoder().decode(bytes), path) };
};

/**
 * Figures as the recipes of the translators write them; null for those of a model of another kind.
 * @throws HeadlightError `model-broken` for figures that cannot be
 */
export function readFigures(text: string, path: string): RecordedFigures | null {
  let json: Readonly<Record<string, unknown>>;
  try {
    json = (JSON.parse(text) ?? {}) as typeof json;
  } catch (error) {
    throw brokenFile(path, 'is not valid JSON', without, error);
  }
  const { beams, bleu, by_length: byLength, joined_by_length: joinedByLength, pairs } = json;
  if (byLength === undefined) return null;
  const own = (bleu as Readonly<Record<string, unknown>> | null | undefined)?.['int8'];
  if (!isCount(pairs) || !isCount(beams) || !isBleu(own) || !isListOf(byLength, isGroup) || !isListOf(joinedByLength, isGroup)) {
    throw brokenFile(path, 'holds figures that cannot be', without);
  }
  return { pairs, beams, bleu: own, byLength: byLength as LengthGroup[], joinedByLength: joinedByLength as LengthGroup[] };
}

function isGroup(value: unknown): boolean {
  const { bleu, pairs, words } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return isListOf(words, isCount) && (words as number[]).length === 2 && (words as number[])[0]! <= (words as number[])[1]! && isCount(pairs) && isBleu(bleu);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function isBleu(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 100;
}
