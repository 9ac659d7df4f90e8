import type { ModelInfo, ProblemType } from '../lenses/model';
import type { ClassesOutput } from '../onnx/outputHeads';
import type { ModelConfig } from './modelConfig';

/** `problem_type` of Transformers. */
export const problemTypes: ReadonlyMap<string, ProblemType> = new Map([
  ['single_label_classification', 'single-label'],
  ['multi_label_classification', 'multi-label'],
  ['regression', 'regression'],
]);

/** No list of classes is longer: a configuration that has more is taken for broken. */
const mostLabels = 100_000;
/** A name that is longer is cut. */
const longestLabel = 200;

/** `id2label`: names by the index of their class; what is no name is left out. */
export function readLabels(id2label: unknown): ReadonlyMap<number, string> {
  if (typeof id2label !== 'object' || id2label === null) return new Map();
  const entries = Object.entries(id2label).slice(0, mostLabels);
  return new Map(entries.flatMap(([id, name]) => {
    const isName = /^\d{1,6}$/.test(id) && typeof name === 'string' && name.trim() !== '';
    return isName ? [[Number(id), name.slice(0, longestLabel)] as const] : [];
  }));
}

/**
 * The classes of a graph: named as the configuration has it, and `LABEL_0` and so on, as Transformers calls them, where
 * it has none. A single class is a number and no choice.
 * @param output null for a graph that tells no classes
 */
export function classifierOf({ labels, problemType }: Pick<ModelConfig, 'labels' | 'problemType'>, output: ClassesOutput | null): Pick<ModelInfo, 'labels' | 'problemType'> {
  const count = output === null ? 0 : (output.size ?? labels.size);
  if (count === 0 || count > mostLabels) return { labels: null, problemType: null };
  return {
    labels: distinct(Array.from({ length: count }, (_, index) => labels.get(index) ?? `LABEL_${index}`)),
    problemType: problemType ?? (count === 1 ? 'regression' : 'single-label'),
  };
}

/** Names that are taken twice would make one class of two: the later ones get their index. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    const own = taken.has(name) ? `${name} (${index})` : name;
    taken.add(own);
    return own;
  });
}
