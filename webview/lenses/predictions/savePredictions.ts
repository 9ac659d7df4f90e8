import { modelFields } from '../../../src/lenses/modelFields';
import type { MaskPredictions, Predictions } from '../../../src/lenses/predictions/contract';
import type { SavedFile } from '../../../src/panel/contract';
import { barsPicture } from '../../../src/picture/barsPicture';
import { csvTable } from '../../../src/picture/csv';
import { firstWords } from '../../../src/picture/gridPicture';
import { predictionsPage, type PredictionsOfPage } from '../../../src/standalone/predictionsPage';
import { visibleText } from '../../../src/text/visibleText';
import { formatPercent } from '../../format';
import { pictureColors, type Theme } from '../../theme';
import { fileFormats, fileName, savedFile } from '../pictureFile';
import { tokenText } from '../tokenText';

/** What is shown of a text. */
export type ShownPredictions = Omit<PredictionsOfPage, 'made'>;

/** The files of pictures and numbers, and a page that shows the whole. */
export const predictionsFormats = [...fileFormats, { value: 'html', label: 'HTML page' }] as const;
export type PredictionsFormat = (typeof predictionsFormats)[number]['value'];

/** The predictions at every mask, in a file. */
export function savedPredictions(shown: ShownPredictions, format: PredictionsFormat, theme: Theme): Promise<SavedFile> {
  const title = `predictions ${shown.answer.model.name}`;
  if (format === 'html') return Promise.resolve({ name: `${fileName(title)}.html`, text: predictionsPage({ ...shown, made: new Date() }) });
  return savedFile(title, format, {
    svg: () => svgOf(shown, theme),
    csv: () => csvOf(shown.answer),
    json: () => jsonOf(shown),
  });
}

function svgOf({ answer, temperature, text }: ShownPredictions, theme: Theme): string {
  const { masks, model, tokens } = answer;
  const near = (index: number): string => {
    const token = tokens[index];
    return token && !token.special ? tokenText(token) : '';
  };
  return barsPicture(
    {
      title: `${model.name} · most probable words${temperature === 1 ? '' : ` at temperature ${temperature.toFixed(1)}`}`,
      note: firstWords(text),
      groups: masks.map((mask) => ({
        heading: `${near(mask.index - 1)} ▁▁▁ ${near(mask.index + 1)}`.trim(),
        bars: mask.predictions.map(({ probability, token }) => ({ label: visibleText(token), value: probability, text: formatPercent(probability) })),
      })),
    },
    pictureColors(theme),
  );
}

/** A row for each word said, asked or that stood there. */
function csvOf({ masks }: Predictions): string {
  const rowsOf = ({ candidates, entropy, index, original, predictions }: MaskPredictions): (string | number | null)[][] => [
    ...predictions.map(({ probability, token }, at) => [index, entropy, 'predicted', token, probability, at + 1]),
    ...(original ? [[index, entropy, 'stood here', original.token, original.probability, original.rank]] : []),
    ...candidates.map(({ probability, rank, text }) => [index, entropy, 'asked', text, probability, rank]),
  ];
  return csvTable([['token', 'entropy', 'what', 'word', 'probability', 'rank'], ...masks.flatMap(rowsOf)]);
}

function jsonOf({ answer: { masks, model, tokens }, temperature, text }: ShownPredictions): string {
  const content = { ...modelFields(model), temperature, text, tokens: tokens.map(({ text }) => text), masks };
  return `${JSON.stringify(content, null, 1)}\n`;
}
