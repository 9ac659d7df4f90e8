import { join } from 'node:path';
import type { ModelTask } from '../lenses/model';
import { readModelJson } from './files';
import { findGraphFiles } from './graphFiles';
import { readModelConfig } from './modelConfig';
import { builtInModelIds } from './resolveModel';

/** What is known of a model before it is loaded. */
export interface ModelSummary {
  readonly architecture: string;
  readonly task: ModelTask;
  /** Whether it has hidden states to look into: an LSTM translator has none. */
  readonly readable: boolean;
  /** How its weights are written, as its files' names say: `''`, `fp16`, `quantized` and such. */
  readonly variant: string;
}

/**
 * What the `config.json` of a model and the names of its graphs say; the model is named by its folder or by one of its
 * ONNX files. @throws HeadlightError where either is missing
 */
export async function modelSummary(path: string): Promise<ModelSummary> {
  const { folder, writes, isDecoder, variant } = await findGraphFiles(path);
  const { architecture, isRecurrent } = readModelConfig(await readModelJson(join(folder, 'config.json')));
  const continues = isDecoder || /(?:ForCausalLM|LMHeadModel)$/.test(architecture);
  return { architecture, task: writes !== null ? 'translation' : continues ? 'continuation' : 'reading', readable: !isRecurrent, variant };
}

/** The models that come with Headlight, by id; one whose files are gone is left out. */
export async function builtInSummaries(builtInModels: string): Promise<(ModelSummary & { readonly id: string })[]> {
  const ids = await builtInModelIds(builtInModels);
  const summaries = await Promise.all(ids.map(async (id) => ({ id, ...(await modelSummary(join(builtInModels, id)).catch(() => null)) })));
  return summaries.filter((summary): summary is ModelSummary & { readonly id: string } => 'task' in summary);
}
