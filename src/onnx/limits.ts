import type { onnx } from 'onnx-proto';
import { HeadlightError } from '../errors';

/** Most nodes and most weights of a file, those of graphs inside nodes included: exports of large models have some ten thousand. */
const mostNodes = 100_000;
const mostWeights = 100_000;
/** Levels of graphs within nodes: exports have two (`If` in a merged decoder), three at most. */
const mostLevels = 16;
/** Weight files: some exporters write one for each tensor. */
const mostFiles = 10_000;
/** Steps that searches may take in a graph, for each of its nodes: those of exports need some ten. */
const mostSteps = 1000;

/**
 * Refuses a file whose graph is beyond all that exporters write, before it is searched.
 * @throws HeadlightError `model-broken`
 */
export function checkLimits(model: onnx.IModelProto): void {
  let level = [model.graph, ...(model.functions ?? []).map(({ node }) => ({ node }))].filter((graph) => graph != null) as onnx.IGraphProto[];
  let [nodes, weights] = [0, 0];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > mostLevels) throw beyond(`it holds more than ${mostLevels} graphs within each other`);
    const inner: onnx.IGraphProto[] = [];
    for (const { node, initializer } of level) {
      nodes += node?.length ?? 0;
      weights += initializer?.length ?? 0;
      if (nodes > mostNodes) throw beyond(`it has more than ${mostNodes} nodes`);
      if (weights > mostWeights) throw beyond(`it has more than ${mostWeights} weights`);
      for (const { attribute } of node ?? []) {
        for (const { g, graphs } of attribute ?? []) {
          if (g) inner.push(g);
          for (const one of graphs ?? []) inner.push(one);
        }
      }
    }
    level = inner;
  }
}

/** Refuses more weight files than exporters write: each name, if only of one large file again and again, is read. */
export function checkFileCount(count: number): void {
  if (count > mostFiles) throw beyond(`its weights lie in more than ${mostFiles} files`);
}

/**
 * Refuses a graph whose nodes are made from each other in a circle, which searches would follow for ever.
 * @param producer the node that makes a value
 * @throws HeadlightError `model-broken` naming a node of the circle
 */
export function checkAcyclic(nodes: readonly onnx.INodeProto[], producer: (value: string) => onnx.INodeProto | undefined): void {
  // Nodes are taken away once all that they read is there (Kahn 1962, doi:10.1145/368996.369025).
  const waitsFor = new Map<onnx.INodeProto, number>();
  const readers = new Map<onnx.INodeProto, onnx.INodeProto[]>();
  for (const node of nodes) {
    const makers = (node.input ?? []).map(producer).filter((maker) => maker !== undefined);
    waitsFor.set(node, makers.length);
    for (const maker of makers) {
      const known = readers.get(maker);
      if (known) known.push(node);
      else readers.set(maker, [node]);
    }
  }
  const ready = [...waitsFor].filter(([, count]) => count === 0).map(([node]) => node);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    waitsFor.delete(node);
    for (const reader of readers.get(node) ?? []) {
      const left = waitsFor.get(reader)! - 1;
      waitsFor.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  const [inCircle] = waitsFor.keys();
  if (inCircle) throw beyond(`node ${inCircle.name || (inCircle.opType ?? '')} is made from itself, in a circle`);
}

/** Counts the steps of searches in one graph: on ways that part and meet again, they would else double with each meeting. */
export class StepLimit {
  private left: number;

  constructor(nodes: number) {
    this.left = mostSteps * (nodes + 100);
  }

  /** @throws HeadlightError `cannot-instrument` */
  step(): void {
    if (this.left-- > 0) return;
    throw new HeadlightError(
      'cannot-instrument',
      'The model’s graph parts and meets again so often that its attention cannot be found. Export it again with Optimum, or choose another model.',
    );
  }
}

/**
 * Gives what follows a graph by recursion an end that can be told.
 * @throws HeadlightError `cannot-instrument` where the graph leads farther than the stack reaches
 */
export async function withinStack<T>(follow: () => T | Promise<T>): Promise<T> {
  try {
    return await follow();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new HeadlightError(
      'cannot-instrument',
      'The model’s graph leads over more nodes from one value to the next than can be followed. Export it again with Optimum, or choose another model.',
      { cause: error },
    );
  }
}

function beyond(reason: string): HeadlightError {
  return new HeadlightError('model-broken', `The ONNX file is none that exporters write: ${reason}. Export or download it again, or choose another model.`);
}
