import type { onnx } from 'onnx-proto';
import type { Node, Tensor } from './graph';
import { checkFileCount } from './limits';

/**
 * Files that hold weights of a model (ONNX external data: each tensor names one under the key `location`), wherever a
 * tensor can stand: weights of the graph, attributes of nodes, graphs inside nodes, functions. All of them have to be
 * known, since the runtime opens any that it is not given.
 * @throws HeadlightError `model-broken` for more files than exporters write
 */
export function externalFiles(model: onnx.IModelProto): string[] {
  const names = new Set(locations(model).map((entry) => entry.value ?? ''));
  checkFileCount(names.size);
  return [...names];
}

/** Gives weight files the names that they shall be found by. */
export function renameExternalFiles(model: onnx.IModelProto, names: ReadonlyMap<string, string>): void {
  for (const entry of locations(model)) entry.value = names.get(entry.value ?? '') ?? entry.value ?? '';
}

/** Tensors whose numbers lie in files, wherever they stand. */
export function externalTensors(model: onnx.IModelProto): Tensor[] {
  const tensors = [
    ...(model.graph ? tensorsOf(model.graph) : []),
    ...(model.functions ?? []).flatMap((body) => (body.node ?? []).flatMap(tensorsInNode)),
  ];
  return tensors.filter(({ externalData }) => (externalData?.length ?? 0) > 0);
}

function locations(model: onnx.IModelProto): onnx.IStringStringEntryProto[] {
  return externalTensors(model).flatMap((tensor) => tensor.externalData ?? []).filter(({ key }) => key === 'location');
}

function tensorsOf(graph: onnx.IGraphProto): Tensor[] {
  const sparse = (graph.sparseInitializer ?? []).flatMap(sparseParts);
  return [...(graph.initializer ?? []), ...sparse, ...(graph.node ?? []).flatMap(tensorsInNode)];
}

function tensorsInNode(node: Node): Tensor[] {
  return (node.attribute ?? []).flatMap((attribute) => [
    ...[attribute.t, ...(attribute.tensors ?? [])].filter((tensor) => tensor != null),
    ...[attribute.sparseTensor, ...(attribute.sparseTensors ?? [])].flatMap(sparseParts),
    ...[attribute.g, ...(attribute.graphs ?? [])].flatMap((graph) => (graph ? tensorsOf(graph) : [])),
  ]);
}

function sparseParts(sparse: onnx.ISparseTensorProto | null | undefined): Tensor[] {
  return [sparse?.values, sparse?.indices].filter((tensor) => tensor != null);
}
