import type { onnx } from 'onnx-proto';

/** The input by which a merged decoder chooses its branch. */
const chooser = 'use_cache_branch';

/**
 * Optimum merges a decoder for the first token and one for all others into one graph: an `If` whose branches share
 * weights. Makes it the plain graph of one branch again, whose attention can be found; any other graph stays as it is.
 * @param withPast the branch that continues from keys and values
 * @returns whether the graph was a merged one
 */
export function takeBranch(graph: onnx.IGraphProto, withPast: boolean): boolean {
  const choice = (graph.node ?? []).find(({ opType, input }) => opType === 'If' && input?.[0] === chooser);
  const branch = choice?.attribute?.find(({ name }) => name === (withPast ? 'then_branch' : 'else_branch'))?.g;
  if (!choice || !branch) return false;
  graph.node = [...(graph.node ?? []).filter((node) => node !== choice), ...(branch.node ?? []), ...renamed(branch, choice)];
  graph.initializer = [...(graph.initializer ?? []), ...(branch.initializer ?? [])];
  graph.valueInfo = branch.valueInfo ?? [];
  const read = new Set(graph.node.flatMap((node) => node.input ?? []));
  graph.input = (graph.input ?? []).filter(({ name }) => read.has(name ?? ''));
  return true;
}

/** A branch may call its outputs other than the whole graph does; they correspond by their order. */
function renamed(branch: onnx.IGraphProto, choice: onnx.INodeProto): onnx.INodeProto[] {
  return (choice.output ?? []).flatMap((name, index) => {
    const inner = branch.output?.[index]?.name;
    return inner == null || inner === name ? [] : [{ opType: 'Identity', name: `headlight/branch.${index}`, input: [inner], output: [name] }];
  });
}
