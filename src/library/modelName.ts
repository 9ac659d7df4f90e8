import { readGraphName, variantLabel } from './graphNames';

const ofRepository = /^models--(.+)$/;

/**
 * What a model is called before it has told its name: a built-in id as it is, a repository of the hub's cache by its id,
 * any other by its folder; in brackets the variant of a model that is named by one of its ONNX files.
 */
export function modelName(model: string): string {
  const path = model.split(/[\\/]/).filter(Boolean);
  const file = path.at(-1)?.endsWith('.onnx') === true ? path.pop()! : null;
  if (file !== null && path.at(-1) === 'onnx') path.pop();
  const repository = path.at(-2) === 'snapshots' ? ofRepository.exec(path.at(-3) ?? '')?.[1] : undefined;
  const name = repository?.replaceAll('--', '/') ?? path.at(-1) ?? model;
  const graph = file === null ? null : readGraphName(file);
  if (file === null || graph?.variant === '') return name;
  return `${name} (${graph ? variantLabel(graph.variant) : file})`;
}
