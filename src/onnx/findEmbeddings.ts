import { findNorms } from './findNorms';
import { type Graph, input, type Node, output } from './graph';

/** The parts whose sum enters the first layer, by the names of their values `[batch or 1, token, hidden]`. */
export interface Embeddings {
  readonly word: string | null;
  readonly position: string | null;
  /** Which of two sentences a token belongs to (BERT's token types). */
  readonly segment: string | null;
}

/**
 * Finds the look-ups whose sum is hidden state 0, with or without a norm behind it (BERT, GPT-2), by what they look up:
 * tokens, sentences, or anything else, which are positions.
 * @param hidden name of hidden state 0
 */
export function findEmbeddings(graph: Graph, hidden: string | null): Embeddings {
  const found: Record<keyof Embeddings, string | null> = { word: null, position: null, segment: null };
  const start = findNorms(graph).find((norm) => norm.result === hidden)?.source ?? hidden;
  const waiting = start === null ? [] : [start];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    const node = graph.producer(value);
    if (node?.opType === 'Gather' && graph.isFixed(input(node, 0))) found[partOf(graph, node)] ??= output(node);
    else if (node && passOn.has(node.opType ?? '')) waiting.push(...(node.input ?? []));
  }
  return found;
}

/** Operators between a look-up and the sum. */
const passOn = new Set(['Add', 'Identity', 'Cast', 'Dropout', 'Unsqueeze', 'Expand']);

function partOf(graph: Graph, lookUp: Node): keyof Embeddings {
  const sources = sourcesOf(graph, input(lookUp, 1));
  if (sources.has('token_type_ids')) return 'segment';
  // Positions may be counted from the ids' shape, but tokens are looked up by the ids themselves.
  return isIds(graph, input(lookUp, 1)) ? 'word' : 'position';
}

function isIds(graph: Graph, value: string): boolean {
  if (value === 'input_ids') return true;
  const node = graph.producer(value);
  return node !== undefined && ['Cast', 'Identity', 'Reshape'].includes(node.opType ?? '') && isIds(graph, input(node, 0));
}

/** All values that one is made from. */
function sourcesOf(graph: Graph, value: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    waiting.push(...(graph.producer(next)?.input ?? []));
  }
  return seen;
}
