import { basename, join } from 'node:path';
import { HeadlightError } from '../errors';
import type { InspectedFile, InspectedTokenizer, Inspection, Unsupported } from '../lenses/inspection/contract';
import { type GraphReport, inspectGraph } from '../onnx/inspectGraph';
import { TextTokenizer } from '../text/tokenizer';
import { exists, readModelJson } from './files';
import { findGraphFiles } from './graphFiles';
import { type GraphFile, readGraphFile } from './graphFile';
import { graphShape } from './graphShape';
import { type ModelConfig, readModelConfig } from './modelConfig';
import { modelName } from './modelName';

interface Part {
  readonly file: string;
  readonly part: 'reads' | 'writes' | 'writesOn';
  readonly graph: GraphFile;
  readonly report: GraphReport;
}

/**
 * What is in a model folder, as far as it can be read: what does not serve is said, and the rest is told nevertheless.
 * @param model a folder, or one of its ONNX files
 * @throws HeadlightError for a folder without graphs or without a readable configuration
 */
export async function inspectFolder(model: string): Promise<Inspection> {
  const paths = await findGraphFiles(model);
  const { folder } = paths;
  const config = readModelConfig(await readModelJson(join(folder, 'config.json')));
  const parts: Part[] = [];
  const unsupported: Unsupported[] = [];
  const files = [
    { path: paths.reads, part: paths.isDecoder ? 'writes' : 'reads' },
    { path: paths.writes, part: 'writes' },
    { path: paths.writesOn === paths.writes || paths.writesOn === paths.reads ? null : paths.writesOn, part: 'writesOn' },
  ] as const;
  for (const { path, part } of files) {
    if (path === null) continue;
    const file = basename(path);
    try {
      const graph = await readGraphFile(path, () => Promise.resolve());
      const heads = part === 'reads' ? config.heads : (config.decoderHeads ?? config.heads);
      const report = inspectGraph(graph, graphShape(config, heads), part);
      parts.push({ file, part, graph, report });
      unsupported.push(...report.limits.map((limit) => ({ file, ...limit })));
    } catch (error) {
      if (!(error instanceof HeadlightError)) throw error;
      unsupported.push({ file, node: '', reason: error.message });
    }
  }
  if (config.heads === null && !config.isRecurrent) unsupported.push({ file: 'config.json', node: '', reason: 'It states no number of heads, without which heads cannot be told apart' });
  const { tokenizer, longest } = await readTokenizer(folder, unsupported);
  const reader = parts.find(({ part }) => part === 'reads') ?? parts[0];
  return {
    name: modelName(model),
    folder,
    architecture: config.architecture,
    files: parts.map(fileOf),
    layers: reader?.report.attention.filter(({ kind }) => kind !== 'cross').length ?? 0,
    heads: config.heads,
    hiddenSize: config.hiddenSize,
    window: config.window ?? longest,
    attentions: parts.flatMap(({ file, report, part }) => attentionsOf(file, report, part === 'reads' ? config.heads : (config.decoderHeads ?? config.heads))),
    hiddenStates: {
      found: parts.reduce((all, { report }) => all + report.hiddenStates.found, 0),
      of: parts.reduce((all, { report }) => all + report.hiddenStates.of, 0),
    },
    outputs: parts.flatMap(({ file, report }) => report.outputs.map((output) => ({ file, ...output }))),
    unsupported,
    tokenizer,
  };
}

function fileOf({ file, graph, report: { fused, nodes, opset, producer, weights } }: Part): InspectedFile {
  return { name: file, size: graph.size, opset, producer, nodes, weights, fused };
}

function attentionsOf(file: string, { attention }: GraphReport, heads: ModelConfig['heads']): Inspection['attentions'] {
  const counts = new Map<string, number>();
  return attention.map(({ kind, node }) => {
    const layer = counts.get(kind) ?? 0;
    counts.set(kind, layer + 1);
    return { file, layer, kind, heads, node };
  });
}

async function readTokenizer(folder: string, unsupported: Unsupported[]): Promise<{ readonly tokenizer: InspectedTokenizer | null; readonly longest: number | null }> {
  const file = 'tokenizer.json';
  try {
    const json = await readModelJson(join(folder, file));
    const configPath = join(folder, 'tokenizer_config.json');
    const config = (await exists(configPath)) ? await readModelJson(configPath) : {};
    const { maskToken } = TextTokenizer.fromJson(json, config);
    const model = json['model'] as { readonly type?: unknown; readonly vocab?: object } | undefined;
    const longest = config['model_max_length'];
    return {
      tokenizer: {
        model: typeof model?.type === 'string' ? model.type : 'WordPiece',
        vocabulary: Object.keys(model?.vocab ?? {}).length,
        maskToken: maskToken?.text ?? null,
      },
      longest: typeof longest === 'number' && longest > 0 && longest < 1e6 ? longest : null,
    };
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    unsupported.push({ file, node: '', reason: error.message });
    return { tokenizer: null, longest: null };
  }
}
