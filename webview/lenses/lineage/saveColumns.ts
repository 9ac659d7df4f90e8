import { generations } from '../../../src/lenses/lineage/generations';
import { modelFields } from '../../../src/lenses/modelFields';
import type { TranslationScore } from '../../../src/lenses/translation/contract';
import type { SavedFile } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { visibleText } from '../../../src/text/visibleText';
import { fileName } from '../pictureFile';
import { layerAlignment } from './layerAlignment';
import type { ColumnAnswer } from './column';

/** What is shown of one text, in the order of the generations. */
export interface ShownColumns {
  readonly text: string;
  readonly answers: readonly (ColumnAnswer | null)[];
  readonly layer: number | null;
  readonly reference: string;
  readonly scores: readonly (TranslationScore | null)[];
}

export const columnFormats = [
  { value: 'csv', label: 'CSV numbers' },
  { value: 'json', label: 'JSON numbers' },
] as const;
export type ColumnFormat = (typeof columnFormats)[number]['value'];

/** The translations with their alignments, or how far each word moves the thought vector, in a file. */
export function savedColumns(shown: ShownColumns, format: ColumnFormat): SavedFile {
  return { name: `${fileName('lineage translations')}.${format}`, text: format === 'csv' ? csvOf(shown) : jsonOf(shown) };
}

/** A row for each number: of a translation, a word that is left out, or an alignment of two tokens. */
function csvOf({ answers, layer, scores, text }: ShownColumns): string {
  const rows = generations.flatMap(({ model }, at): (string | number | null)[][] => {
    const answer = answers[at];
    if (!answer) return [];
    const { forgetting, translation } = answer;
    const view = layerAlignment(translation, layer);
    const score = scores[at];
    return [
      [model, 'log-probability', translation.output, null, translation.logProbability],
      ...(score ? [[model, 'reference, bits per token', score.output, null, score.bitsPerToken]] : []),
      ...(forgetting?.texts[0]?.words ?? []).flatMap(({ end, moved, start }) => {
        const word = text.slice(start, end);
        const [first, last] = [moved[0]!, moved.at(-1)!];
        return [
          [model, 'cosine distance, just read', word, null, first.cosineDistance],
          [model, 'cosine distance, at the end', word, null, last.cosineDistance],
          [model, 'relative distance, just read', word, null, first.distance],
          [model, 'relative distance, at the end', word, null, last.distance],
        ];
      }),
      ...(view ? view.queries.flatMap((query, row) => view.keys.map((key, column) => [model, 'alignment', query.label, key.label, view.weights[row * view.keys.length + column]!])) : []),
    ];
  });
  return csvTable([['model', 'what', 'of', 'source', 'value'], ...rows]);
}

function jsonOf({ answers, layer, reference, scores, text }: ShownColumns): string {
  const content = {
    text,
    generations: generations.flatMap(({ year }, at) => {
      const answer = answers[at];
      if (!answer) return [];
      const { forgetting, translation } = answer;
      const view = layerAlignment(translation, layer);
      const score = scores[at];
      return [{
        year,
        ...modelFields(translation.model),
        output: translation.output,
        stopped: translation.stopped,
        logProbability: translation.logProbability,
        steps: translation.steps.map(({ logProbability, token }) => ({ token, logProbability })),
        ...(forgetting && { forgetting: forgetting.texts[0]!.words.map(({ end, moved, start }) => ({ word: text.slice(start, end), start, end, justRead: moved[0], atEnd: moved.at(-1) })) }),
        ...(view && { alignment: { layer, source: view.keys.map(({ label }) => label), rows: view.queries.map((_, row) => Array.from(view.weights.subarray(row * view.keys.length, (row + 1) * view.keys.length))) } }),
        ...(score && { reference: { text: reference, bitsPerToken: score.bitsPerToken, steps: score.steps.map(({ logProbability, token }) => ({ token: visibleText(token), logProbability })) } }),
      }];
    }),
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
