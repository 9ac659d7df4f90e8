import { isAbsolute } from 'node:path';
import { HeadlightError } from '../errors';
import type { ModelSummary } from '../library/modelSummary';
import type { ListedModel } from '../panel/contract';
import { modelName } from '../library/modelName';

/** The part of VS Code's `Memento` that is used: storage of the user's own, which no workspace can write. */
export interface Storage {
  get<T>(key: string, otherwise: T): T;
  update(key: string, value: unknown): PromiseLike<void>;
}

const key = 'modelFolders';
const mostFolders = 40;
/** Of a folder that cannot be read: whoever opens it is told why. */
const unknown: Pick<ModelSummary, 'task' | 'readable'> = { task: 'reading', readable: true };

/** The models that can be chosen: those that come with Headlight, the one in force, and folders that the user chose before. */
export class KnownModels {
  constructor(
    /** Folder of the models that come with the extension. */
    private readonly builtInModels: string,
    private readonly storage: Storage,
    /** The model in force, with regard to workspace trust. */
    private readonly current: () => string,
  ) {}

  async list(): Promise<readonly ListedModel[]> {
    // Loaded here and not with the extension, which has to activate in milliseconds.
    const { builtInSummaries, modelSummary } = await import('../library/modelSummary');
    const inForce = this.current();
    const builtIn = await builtInSummaries(this.builtInModels);
    const listed = builtIn.map(({ id, architecture, task, readable }) => ({ id, label: id, detail: architecture, task, readable, inForce: id === inForce }));
    const others = new Set([inForce, ...this.folders]);
    for (const { id } of listed) others.delete(id);
    const folders = [...others].map(async (id) => {
      const { task, readable } = await modelSummary(id).catch(() => unknown);
      return { id, label: modelName(id), detail: id, task, readable, inForce: id === inForce };
    });
    return [...listed, ...(await Promise.all(folders))];
  }

  /** Paths of models that the user chose, folders and ONNX files, the latest first. */
  get chosen(): readonly string[] {
    return this.folders;
  }

  /** Lets go of a path that the user chose; what lies there stays. */
  async forget(path: string): Promise<void> {
    await this.storage.update(key, this.folders.filter((known) => known !== path));
  }

  /** Keeps a folder that the user chose, or an ONNX file that names a model, the latest first. */
  async remember(folder: string): Promise<void> {
    if (!isAbsolute(folder)) return;
    await this.storage.update(key, [folder, ...this.folders.filter((known) => known !== folder)].slice(0, mostFolders));
  }

  /**
   * The model for an id that the panel names. A model file is code that the runtime executes: a name that is not listed
   * is refused, whatever it leads to.
   * @throws HeadlightError `model-untrusted`
   */
  async require(id: string): Promise<string> {
    if ((await this.list()).some((model) => model.id === id)) return id;
    throw new HeadlightError('model-untrusted', `The model “${modelName(id)}” is not among those that you chose. Choose its folder, or another model.`);
  }

  private get folders(): string[] {
    return this.storage.get<string[]>(key, []).filter((folder) => typeof folder === 'string' && isAbsolute(folder));
  }
}
