import type { Generation } from '../../../src/lenses/generation/contract';
import { modelFields } from '../../../src/lenses/modelFields';
import type { WrittenStep } from '../../../src/lenses/writing/contract';
import type { SavedFile } from '../../../src/panel/contract';
import { csvOf, csvTable } from '../../../src/picture/csv';
import type { MapPicture } from '../../../src/picture/mapPicture';
import { matrixPicture } from '../../../src/picture/matrixPicture';
import { level } from '../../../src/picture/ramp';
import { pictureColors, type Theme } from '../../theme';
import type { HeadView } from '../attention/headView';
import { type FileFormat, fileFormats, fileName, savedFile } from '../pictureFile';
import { choiceOf, type HowToWrite } from './howToWrite';

/** Files of the steps. */
export const stepsFormats = fileFormats.filter(({ value }) => value === 'csv' || value === 'json');

/** What was written, of which prompt and how. */
export interface ShownGeneration {
  readonly answer: Generation;
  readonly prompt: string;
  readonly how: HowToWrite;
}

/** All steps with their alternatives, in a file. */
export function savedSteps(shown: ShownGeneration, format: FileFormat): SavedFile {
  const name = `${fileName(`generation ${shown.answer.model.name}`)}.${format}`;
  return { name, text: format === 'csv' ? stepsCsv(shown.answer.steps) : stepsJson(shown) };
}

/** A row for each entry that could have been written. */
function stepsCsv(steps: readonly WrittenStep[]): string {
  return csvTable([
    ['step', 'written', 'token', 'id', 'probability', 'chance', 'rank', 'entropy'],
    ...steps.flatMap(({ chosenFrom, entropy, id: written, rank }, step) =>
      (chosenFrom?.chances ?? []).map(({ chance, id, probability, token }) => [step, id === written ? 1 : 0, token, id, probability, chance, id === written ? rank : null, entropy]),
    ),
  ]);
}

function stepsJson({ answer, how, prompt }: ShownGeneration): string {
  const { logProbability, model, output, repetitionPenalty, steps, stopped, tokens } = answer;
  const content = {
    ...modelFields(model), prompt, read: tokens.map(({ text }) => text), output, stopped, logProbability,
    choice: choiceOf(how).choice, repetitionPenalty,
    steps: steps.map(({ chosenFrom, drawnWith, entropy, forced, id, lens, probability, rank, token }) => ({
      token, id, probability, rank, entropy, drawnWith, forced, ...chosenFrom && { chances: chosenFrom.chances, drawable: chosenFrom.drawable }, ...(lens && { states: lens }),
    })),
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}

/** The causal triangle in a file. */
export function savedTriangle(view: HeadView, answer: Generation, name: string, format: FileFormat, theme: Theme): Promise<SavedFile> {
  const picture: MapPicture = {
    queries: view.queries.map(({ label }) => label), keys: view.keys.map(({ label }) => label), weights: view.weights, max: view.max,
    title: `${answer.model.name} · ${name}`, note: 'Each row is the token from which the next one was found.',
  };
  const rows = view.queries.map((_, row) => Array.from(view.weights.subarray(row * view.keys.length, (row + 1) * view.keys.length)));
  return savedFile(`causal triangle ${answer.model.name} ${name}`, format, {
    svg: () => matrixPicture(picture, pictureColors(theme), level),
    csv: () => csvOf(picture),
    json: () => `${JSON.stringify({ ...modelFields(answer.model), map: name, queries: picture.queries, keys: picture.keys, weights: rows }, null, 1)}\n`,
  });
}
