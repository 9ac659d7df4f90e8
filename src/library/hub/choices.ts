import { HeadlightError } from '../../errors';
import { type GraphPart, inUsualOrder, readGraphName, variantLabel } from '../graphNames';
import { isWeightsOf } from '../folderVariants';
import { exportCommand } from './exportCommand';
import type { HubFile, Repository } from './repository';

/** One way to download a model: the files of one variant, and what goes with every variant. */
export interface ModelChoice {
  /** As the files' names say: `''`, `fp16`, `quantized` and such. */
  readonly variant: string;
  /** As people say: `fp32`, `q8`. */
  readonly label: string;
  /** The graph that names the model, from the top of the repository. */
  readonly graph: string;
  readonly files: readonly HubFile[];
  readonly bytes: number;
}

const places = ['', 'onnx/'];
const required = ['config.json', 'tokenizer.json'];
const optional = ['tokenizer_config.json', 'generation_config.json'];
const weights = /\.(?:safetensors|bin|pt|pth|h5|msgpack)$/;

/**
 * The ONNX variants of a repository, those that are taken first leading.
 * @throws HeadlightError `hub-unsuited` for one without ONNX files or without the tokenizer's, with what to do
 */
export function modelChoices(repository: Repository): ModelChoice[] {
  const files = new Map(repository.files.map((file) => [file.path, file]));
  const choices = new Map<string, ModelChoice>();
  for (const place of places) {
    for (const [variant, parts] of graphsIn(place, files)) {
      if (choices.has(variant)) continue;
      const graphs = [...parts.values()];
      const all = [...besides(place, files, repository), ...graphs, ...graphs.flatMap((graph) => weightsOf(graph, repository.files))];
      choices.set(variant, { variant, label: variantLabel(variant), graph: graphs[0]!.path, files: all, bytes: all.reduce((sum, { size }) => sum + size, 0) });
    }
  }
  if (choices.size === 0) throw withoutOnnx(repository);
  return inUsualOrder(choices.keys()).map((variant) => choices.get(variant)!);
}

/** The variants in a folder that are whole, each with the graphs that are needed. */
function graphsIn(place: string, files: ReadonlyMap<string, HubFile>): Map<string, Map<GraphPart, HubFile>> {
  const variants = new Map<string, Map<GraphPart, HubFile>>();
  for (const file of files.values()) {
    const name = file.path.startsWith(place) ? readGraphName(file.path.slice(place.length)) : null;
    if (!name) continue;
    variants.set(name.variant, (variants.get(name.variant) ?? new Map<GraphPart, HubFile>()).set(name.part, file));
  }
  const hasEncoder = [...variants.values()].some((parts) => parts.has('encoder_model'));
  const whole = [...variants].map(([variant, parts]) => [variant, needed(parts, hasEncoder)] as const);
  return new Map(whole.filter(([, parts]) => parts.size > 0));
}

/** The graphs of a variant without those that say the same as another; none where one is missing. */
function needed(parts: ReadonlyMap<GraphPart, HubFile>, hasEncoder: boolean): Map<GraphPart, HubFile> {
  const only = (...names: readonly GraphPart[]): Map<GraphPart, HubFile> =>
    new Map(names.flatMap((name) => (parts.has(name) ? [[name, parts.get(name)!] as const] : [])));
  if (parts.has('model')) return only('model');
  const decoders: readonly GraphPart[] = parts.has('decoder_model_merged') ? ['decoder_model_merged'] : ['decoder_model', 'decoder_with_past_model'];
  if (!parts.has(decoders[0]!) || (hasEncoder && !parts.has('encoder_model'))) return new Map();
  return only('encoder_model', ...decoders);
}

function weightsOf(graph: HubFile, files: readonly HubFile[]): HubFile[] {
  return files.filter(({ path }) => isWeightsOf(graph.path, path));
}

/** Configuration and tokenizer, from the top of the repository or from the graphs' own folder. */
function besides(place: string, files: ReadonlyMap<string, HubFile>, repository: Repository): HubFile[] {
  const home = ['', place].find((folder) => required.every((name) => files.has(folder + name)));
  if (home === undefined) {
    const missing = required.filter((name) => !files.has(name));
    throw new HeadlightError(
      'hub-unsuited',
      `${repository.id} has no ${missing.join(' and no ')}, without which no text can be read. Export it anew, which writes them: ${exportCommand(repository.id, repository.task)}`,
    );
  }
  return [...required, ...optional].flatMap((name) => files.get(home + name) ?? []);
}

function withoutOnnx({ files, id, task }: Repository): HeadlightError {
  const advice = files.some(({ path }) => weights.test(path))
    ? `Export its weights with Optimum (pip install "optimum[onnx]"), then add the folder: ${exportCommand(id, task)}`
    : 'It holds no weights that Optimum could export either. Choose another repository.';
  return new HeadlightError('hub-unsuited', `${id} has no ONNX files that Headlight can read. ${advice}`);
}
