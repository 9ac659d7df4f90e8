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
}

/** What a folder's `config.json` and the names of its graphs say. @throws HeadlightError for a folder without either */
export async function modelSummary(folder: string): Promise<ModelSummary> {
  const { architecture, isRecurrent } = readModelConfig(await readModelJson(join(folder, 'config.json')));
  const { writes, isDecoder } = await findGraphFiles(folder);
  const continues = isDecoder || /(?:ForCausalLM|LMHeadModel)$/.test(architecture);
  return { architecture, task: writes !== null ? 'translation' : continues ? 'continuation' : 'reading', readable: !isRecurrent };
}

/** The models that come with Headlight, by id; one whose files are gone is left out. */
export async function builtInSummaries(builtInModels: string): Promise<(ModelSummary & { readonly id: string })[]> {
  const ids = await builtInModelIds(builtInModels);
  const summaries = await Promise.all(ids.map(async (id) => ({ id, ...(await modelSummary(join(builtInModels, id)).catch(() => null)) })));
  return summaries.filter((summary): summary is ModelSummary & { readonly id: string } => 'task' in summary);
}
