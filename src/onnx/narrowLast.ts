import { onnx } from 'onnx-proto';
import type { AttentionSite } from './findAttention';
import { elementType, type Graph, input, integersAttribute, type Node, output } from './graph';
import { isIntervention } from './intervene';
import { positionsInput, tokenWise } from './positions';

/**
 * Name of the input `[rows, places]` of int64: the tokens, row · sequence length + token, of which the last layer makes hidden
 * states; always fed. Of all tokens in order, `[batch, token]`, the last hidden state is what it was.
 */
export const narrowInput = 'headlight/narrow';

/**
 * Lets what stands behind the last attention go on with some of the tokens: of a whole layer's products more than four
 * fifths are there. The last hidden state becomes `[rows, places, hidden]`. Changes of the last state or layer need all
 * tokens.
 * @param hidden names of all hidden states
 * @param site the last layer's attention
 * @returns whether that could be done; otherwise nothing was changed
 */
export function narrowLast(proto: onnx.IGraphProto, graph: Graph, hidden: readonly (string | null)[], site: AttentionSite | undefined): boolean {
  const [before, last] = hidden.slice(-2);
  if (before == null || last == null || !site) return false;
  const behind = new Set<Node>();
  const chosen = new Set<string>();
  const open = [last];
  while (open.length > 0) {
    const value = open.pop()!;
    if (value === '' || graph.isFixed(value) || isChange(graph, value)) continue;
    if (value === before || isBeside(graph, value, site)) {
      chosen.add(value);
      continue;
    }
    const node = graph.producer(value);
    if (!node || !(tokenWise.has(node.opType ?? '') || node.opType === 'Where')) return false;
    if (behind.has(node)) continue;
    behind.add(node);
    open.push(...(node.input ?? []));
  }
  if (behind.size === 0 || !onlyReadAlone(graph, behind)) return false;
  const nodes: Node[] = [];
  const made = new Map([...chosen].map((value, index) => {
    const [flat, result] = [`${narrowInput}/flat.${index}`, `${narrowInput}/chosen.${index}`];
    nodes.push(
      { name: flat, opType: 'Flatten', input: [value], output: [flat], attribute: [integer('axis', 2)] },
      { name: result, opType: 'Gather', input: [flat, narrowInput], output: [result], attribute: [integer('axis', 0)] },
    );
    return [value, result];
  }));
  for (const node of behind) node.input = (node.input ?? []).map((value) => made.get(value) ?? value);
  const at = Math.min(...[...behind].map((node) => graph.position(node)));
  proto.node = [...graph.nodes.slice(0, at), ...nodes, ...graph.nodes.slice(at)];
  proto.input = [...(proto.input ?? []), { name: narrowInput, type: { tensorType: { elemType: elementType.int64, shape: { dim: [{ dimParam: 'headlight_rows' }, { dimParam: 'headlight_places' }] } } } }];
  const changed = new Set([...behind].flatMap((node) => node.output ?? []));
  proto.valueInfo = (proto.valueInfo ?? []).filter(({ name }) => !changed.has(name ?? ''));
  for (const result of proto.output ?? []) if (changed.has(result.name ?? '') && result.type?.tensorType) delete result.type.tensorType.shape;
  return true;
}

/** The heads' outputs side by side: `[batch, token, head · head size]`. */
function isBeside(graph: Graph, value: string, { folded, heads }: AttentionSite): boolean {
  const reshape = graph.producer(value);
  const transpose = reshape?.opType === 'Reshape' ? graph.producer(input(reshape, 0)) : undefined;
  return !folded.vectors && transpose?.opType === 'Transpose' && input(transpose, 0) === heads && integersAttribute(transpose, 'perm')?.join() === '0,2,1,3';
}

/** Whether a value is made of nothing but inputs by which the graph is changed: of one number where nothing is. */
function isChange(graph: Graph, value: string): boolean {
  if (isIntervention(value) && !graph.producer(value)) return true;
  const node = graph.producer(value);
  return ['Greater', 'Cast'].includes(node?.opType ?? '') && node!.input!.every((one) => graph.isFixed(one) || isChange(graph, one));
}

/**
 * Whether all that is made of what some nodes make is made of it alone, so that fewer tokens fit it. Hidden states that are
 * put one after the other to choose places from are told apart by where each begins.
 */
function onlyReadAlone(graph: Graph, nodes: ReadonlySet<Node>): boolean {
  const after = new Set(nodes);
  const open = [...nodes];
  const madeAfter = (value: string): boolean => after.has(graph.producer(value)!);
  while (open.length > 0) {
    for (const node of (open.pop()!.output ?? []).flatMap((value) => graph.consumers(value))) {
      if (after.has(node)) continue;
      if (node.opType === 'Shape') return false;
      after.add(node);
      open.push(node);
    }
  }
  const flat = (value: string): boolean => graph.producer(value)?.opType === 'Flatten';
  return [...after].every((node) => nodes.has(node) || (node.input ?? []).every((value) =>
    value === '' || value === positionsInput || graph.isFixed(value) || madeAfter(value) || isChange(graph, value) || (node.opType === 'Concat' && flat(value))))
    && ![...nodes].some((node) => !(node.output ?? []).every((value) => value === '' || value === output(node)));
}

function integer(name: string, value: number): onnx.IAttributeProto {
  return { name, type: onnx.AttributeProto.AttributeType.INT, i: value };
}
