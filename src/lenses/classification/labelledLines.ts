/** A line to classify, with the class that its author gave it. */
export interface LabelledLine {
  readonly text: string;
  /** Where the text begins in the line. */
  readonly from: number;
  /** Index among the model's labels; null for a line without. */
  readonly truth: number | null;
}

/** Which of a model's labels a written one is: by its name, whatever its case, or by its index. */
export function labelIndexes(labels: readonly string[]): ReadonlyMap<string, number> {
  return new Map([
    ...labels.map((_, index) => [`${index}`, index] as const),
    ...labels.map((label, index) => [label.toLowerCase(), index] as const),
  ]);
}

/**
 * Lines as `label<TAB>text`, where each that is not empty begins with the name or the index of one of the labels; in any
 * other file, a line is its text.
 */
export function labelledLines(lines: readonly string[], labels: readonly string[]): LabelledLine[] {
  const indexes = labelIndexes(labels);
  const read = lines.map((line): LabelledLine => {
    const tab = line.indexOf('\t');
    const truth = indexes.get(line.slice(0, Math.max(0, tab)).trim().toLowerCase());
    return truth === undefined ? { text: line, from: 0, truth: null } : { text: line.slice(tab + 1), from: tab + 1, truth };
  });
  const isLabelled = read.every(({ text, truth }) => truth !== null || text.trim() === '');
  return isLabelled ? read : lines.map((line) => ({ text: line, from: 0, truth: null }));
}
