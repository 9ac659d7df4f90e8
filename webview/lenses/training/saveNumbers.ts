import type { TrainedClassifier } from '../../../src/lenses/training/contract';
import type { SavedFile } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { fileName } from '../pictureFile';

export const numberFormats = [
  { value: 'json', label: 'JSON numbers' },
  { value: 'csv', label: 'CSV of wrong examples' },
] as const;
export type NumberFormat = (typeof numberFormats)[number]['value'];

/** All that was measured, without the head's weights, or the wrong examples as a table. */
export function savedNumbers(measured: TrainedClassifier, format: NumberFormat): SavedFile {
  const name = `${fileName(`training ${measured.name}`)}.${format}`;
  if (format === 'json') return { name, text: `${JSON.stringify({ ...measured, head: undefined }, null, 1)}\n` };
  const rows = measured.wrong.map(({ label, line, probability, said, saidProbability, text }) => [line, measured.labels[label]!, probability, measured.labels[said]!, saidProbability, text]);
  return { name, text: csvTable([['line', 'label', 'probability', 'said', 'probability of what was said', 'text'], ...rows]) };
}
