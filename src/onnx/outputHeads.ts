import type { Graph } from './graph';
import { rankOf } from './valueTypes';

/** What an output of a graph is for. */
export type OutputKind = 'vocabulary' | 'classes' | 'token classes' | 'next sentence' | 'answer span' | 'hidden state' | 'pooled vector' | 'other';

/** Logits `[batch, class]`. */
export interface ClassesOutput {
  readonly name: string;
  readonly size: number | null;
}

const named: Readonly<Record<string, OutputKind>> = {
  seq_relationship_logits: 'next sentence',
  seq_relationship_score: 'next sentence',
  last_hidden_state: 'hidden state',
  token_embeddings: 'hidden state',
  encoder_last_hidden_state: 'hidden state',
  pooler_output: 'pooled vector',
  sentence_embedding: 'pooled vector',
  start_logits: 'answer span',
  end_logits: 'answer span',
};
const logitsNames = new Set(['logits', 'prediction_logits', 'lm_logits', 'prediction_scores']);

/**
 * What an output is for, by its name and shape: logits of each token over the vocabulary, over a few classes, or of the
 * whole text over a few classes.
 * @param vocabulary as the configuration states it; null where it does not
 */
export function outputKind(graph: Graph, name: string, vocabulary: number | null): OutputKind {
  const known = named[name];
  if (known) return known;
  if (!logitsNames.has(name)) return /_logits$/.test(name) && rankOf(graph, name) === 2 ? 'classes' : 'other';
  const rank = rankOf(graph, name);
  const size = outputSize(graph, name);
  if (rank === 2) return size === null ? 'other' : size === vocabulary ? 'vocabulary' : 'classes';
  return size === null || vocabulary === null || size >= vocabulary ? 'vocabulary' : 'token classes';
}

/** The last dimension of an output, where the file states it. */
export function outputSize(graph: Graph, name: string): number | null {
  return Number(graph.statedType(name)?.shape?.dim?.at(-1)?.dimValue ?? 0) || null;
}

/** The output over the vocabulary; null for a graph without. */
export function vocabularyOutput(graph: Graph, outputs: readonly string[], vocabulary: number | null): string | null {
  return outputs.find((name) => outputKind(graph, name, vocabulary) === 'vocabulary') ?? null;
}

/** The output over classes of the whole text, and how many there are, where the file states it; null for a graph without. */
export function classesOutput(graph: Graph, outputs: readonly string[], vocabulary: number | null): ClassesOutput | null {
  const name = outputs.find((output) => outputKind(graph, output, vocabulary) === 'classes');
  return name === undefined ? null : { name, size: outputSize(graph, name) };
}

export function nextSentenceOutput(outputs: readonly string[]): string | null {
  return outputs.find((name) => named[name] === 'next sentence') ?? null;
}
