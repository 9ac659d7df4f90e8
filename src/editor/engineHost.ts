import { join } from 'node:path';
import * as vscode from 'vscode';
import type { EngineClient } from '../engine/client';
import type { EngineClientStatus } from '../engine/engineStatus';
import { isCancelled } from '../errors';
import type { CallOptions, LensMethod, LensRequest, LensResult } from '../lenses/calls';
import type { DeviceChoice, ModelInfo } from '../lenses/model';
import type { Switches } from '../lenses/whatIf/contract';
import type { EngineStatus, WithoutTarget } from '../panel/contract';
import { failureDetail } from './failures';
import { memoryBudget, targetSetting } from './settings';
import { modelName } from '../library/modelName';

export interface EnginePaths {
  readonly entry: string;
  readonly builtInModels: string;
  readonly storage: string;
}

export interface LaneOptions extends CallOptions {
  /** Calls in one lane replace each other. */
  readonly lane?: string;
  /** Another model than the one of the settings. */
  readonly model?: string;
  /** Where it runs, whatever the settings say. */
  readonly device?: DeviceChoice;
  /** What is off in the model while it answers; nothing where it is not given. */
  readonly switches?: Switches;
  /** For work that nobody waits for; see `ClientCallOptions`. */
  readonly background?: boolean;
}

/** The engine as the editor sees it: created at its first use, asked about the model and device of the settings. */
export class EngineHost implements vscode.Disposable {
  private client: Promise<EngineClient> | null = null;
  private clientStatus: EngineClientStatus = { state: 'idle', detail: '', model: null, held: [] };
  /** Of the settings, not of a call that named another. */
  private answered: ModelInfo | null = null;
  private readonly logged = new Set<string>();
  private readonly emitter = new vscode.EventEmitter<EngineStatus>();
  readonly onStatus = this.emitter.event;

  constructor(
    private readonly paths: EnginePaths,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The model of the settings, once it has answered. */
  get model(): ModelInfo | null {
    return this.answered?.id === targetSetting().model ? this.answered : null;
  }

  /** The models in memory, the least recently used first. */
  get held(): EngineClientStatus['held'] {
    return this.clientStatus.held;
  }

  /** Where vectors of texts are kept from one training to the next. */
  get vectorFolder(): string {
    return join(this.paths.storage, 'vectors');
  }

  get status(): EngineStatus {
    const { state, detail } = this.clientStatus;
    return {
      state,
      model: this.model?.name ?? modelName(targetSetting().model),
      device: this.model?.device ?? null,
      detail: detail || (this.model?.deviceReason ?? ''),
    };
  }

  /** Asks the engine. @throws HeadlightError */
  async call<M extends LensMethod>(
    method: M,
    request: WithoutTarget<LensRequest<M>>,
    options: LaneOptions = {},
  ): Promise<LensResult<M>> {
    const { ignored, ...target } = targetSetting();
    const { model = target.model, device = target.device, switches } = options;
    if (ignored.length > 0) {
      this.log.warn(`Workspace not trusted: its settings for ${ignored.join(' and ')} are not used; ${model} on ${device} is.`);
    }
    const client = await this.connect();
    const started = Date.now();
    try {
      const result = await client.call(method, { ...request, model, device, ...(switches && { switches }) }, options);
      this.log.debug(`${method} ${Date.now() - started} ms`);
      return result;
    } catch (error) {
      if (!isCancelled(error)) this.log.error(`${method}: ${failureDetail(error)}`);
      throw error;
    }
  }

  /** Ends the engine process and starts it anew. */
  async restart(): Promise<void> {
    const client = await this.connect();
    await client.restart();
  }

  /** Frees the memory of all models; the next question loads what it needs again. */
  async unload(): Promise<void> {
    const client = await this.client;
    await client?.unload();
  }

  /** The setting for the memory of models has changed. */
  async budgetChanged(): Promise<void> {
    (await this.client)?.setBudget(memoryBudget());
  }

  /** The settings name another model or device: the status changes before anything is asked. */
  targetChanged(): void {
    this.emitter.fire(this.status);
  }

  dispose(): void {
    this.emitter.dispose();
    void this.close();
  }

  /** Ends the engine process and waits until it is gone. */
  async close(): Promise<void> {
    const client = await this.client;
    await client?.dispose();
  }

  private connect(): Promise<EngineClient> {
    this.client ??= this.create();
    return this.client;
  }

  private async create(): Promise<EngineClient> {
    // Loaded here and not with the extension, which has to activate in milliseconds.
    const { EngineClient } = await import('../engine/client');
    const { entry, builtInModels, storage } = this.paths;
    await vscode.workspace.fs.createDirectory(vscode.Uri.file(storage));
    const client = new EngineClient({ entry, setup: { builtInModels, storage } });
    client.setBudget(memoryBudget());
    client.onLog((line) => {
      this.log.info(line);
    });
    client.onStatus((status) => {
      const { model } = status;
      const said = model && `${model.name} on ${model.device}: ${model.deviceReason}`;
      // Two models may answer in turn, as for a card; each is told of once.
      if (said !== null && !this.logged.has(said)) this.log.info(said);
      if (said !== null) this.logged.add(said);
      this.clientStatus = status;
      if (model?.id === targetSetting().model) this.answered = model;
      this.emitter.fire(this.status);
    });
    return client;
  }
}
