import type { Classification, Evidence } from '../../../src/lenses/classification/contract';
import { modelFields } from '../../../src/lenses/modelFields';
import type { SavedFile, Source } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { fileName } from '../pictureFile';
import { wordText } from './evidenceWords';
import type { ClassifiedRow } from './classifiedLines';

export const classificationFormats = [
  { value: 'csv', label: 'CSV numbers' },
  { value: 'json', label: 'JSON numbers' },
] as const;
export type ClassificationFormat = (typeof classificationFormats)[number]['value'];

/** Classes of a text, and what its words do for one of them where that is known. */
export function savedClassification(answer: Classification, evidence: Evidence | null, source: Source, format: ClassificationFormat): SavedFile {
  const name = `${fileName(`classification ${answer.model.name}`)}.${format}`;
  return { name, text: format === 'csv' ? textCsv(answer, evidence, source) : `${JSON.stringify(textJson(answer, evidence, source), null, 1)}\n` };
}

function textCsv({ logits, model, probabilities }: Classification, evidence: Evidence | null, source: Source): string {
  const classes = model.labels!.map((label, index) => ['class', label, probabilities?.[index] ?? null, logits[index]!, null, null]);
  const words = evidence?.words.map((word, index) => [
    'word', wordText(source, word), word.probability, word.logit, evidence.attention?.mean[index] ?? null, evidence.attention?.best?.weights[index] ?? null,
  ]) ?? [];
  return csvTable([['kind', 'name', 'probability', 'logit', 'attention', 'best head'], ...classes, ...words]);
}

function textJson({ label, logits, model, probabilities }: Classification, evidence: Evidence | null, source: Source): object {
  const byName = (values: Float32Array): object => Object.fromEntries(model.labels!.map((name, index) => [name, values[index]!]));
  return {
    ...modelFields(model),
    text: source.first.text,
    ...(source.second && { pair: source.second.text }),
    label: model.labels![label],
    probabilities: probabilities && byName(probabilities),
    logits: byName(logits),
    ...(evidence && {
      evidence: {
        label: model.labels![evidence.of],
        method: evidence.method,
        words: evidence.words.map((word) => ({ word: wordText(source, word), ...word })),
        attention: evidence.attention && {
          ...evidence.attention,
          mean: [...evidence.attention.mean],
          best: evidence.attention.best && { ...evidence.attention.best, weights: [...evidence.attention.best.weights] },
        },
      },
    }),
  };
}

/** Every line with the probability of every class, in the order in which they are shown. */
export function savedLines(rows: readonly ClassifiedRow[], labels: readonly string[], model: string): SavedFile {
  const isLabelled = rows.some(({ truth }) => truth !== null);
  const head = ['line', 'label', ...(isLabelled ? ['labelled'] : []), ...labels, 'text'];
  const cells = rows.map(({ label, line, text, truth, values }) => [
    line, labels[label]!, ...(isLabelled ? [truth === null ? '' : labels[truth]!] : []), ...values, text,
  ]);
  return { name: `${fileName(`classified lines ${model}`)}.csv`, text: csvTable([head, ...cells]) };
}
