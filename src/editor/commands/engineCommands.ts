import * as vscode from 'vscode';
import { compareDevices } from '../../lenses/devices/compare';
import { type DeviceChoice, deviceNames } from '../../lenses/model';
import type { ComparisonDocuments } from '../devices/comparisonDocument';
import type { EngineHost } from '../engineHost';
import type { KnownModels } from '../knownModels';
import { pickModelFolder } from '../pickModelFolder';
import { withProgress } from '../progress';
import { targetSetting, writeSetting } from '../settings';
import { modelName } from '../../library/modelName';

/** The commands about the model, its device and the engine's process. */
export class EngineCommands {
  constructor(
    private readonly engine: EngineHost,
    private readonly models: KnownModels,
    private readonly comparisons: ComparisonDocuments,
  ) {}

  /** Lets the user pick a built-in model or a folder, and loads it. */
  async chooseModel(): Promise<void> {
    const { t } = vscode.l10n;
    const current = targetSetting().model;
    const items = (await this.models.list()).filter(({ readable }) => readable).map(({ id, label, detail }) => ({
      label,
      description: id === current ? t('in use') : '',
      detail: detail === id ? detail : t('Comes with Headlight: {0}.', detail),
      id,
    }));
    const folder = {
      label: `$(folder-opened) ${t('A Folder…')}`,
      description: '',
      detail: t('An ONNX export with its tokenizer.json, from Optimum, torch.onnx or a Transformers.js repository.'),
      id: null,
    };
    const hub = { label: `$(cloud-download) ${t('From the Hub…')}`, description: '', detail: t('A repository of the Hugging Face hub with ONNX files.'), id: undefined };
    const picked = await vscode.window.showQuickPick([...items, folder, hub], {
      title: t('Choose Model'),
      placeHolder: t('The model that Headlight looks into'),
    });
    if (!picked) return;
    if (picked.id === undefined) {
      await vscode.commands.executeCommand('headlight.downloadModel');
      return;
    }
    const model = picked.id ?? (await pickModelFolder(this.models));
    if (model !== null) await this.use(model);
  }

  /** Makes a model the one in force, and loads it. */
  async use(model: string): Promise<void> {
    if (model === targetSetting().model) return;
    await writeSetting('model', model);
    await this.load();
  }

  /** Lets the user pick where the model runs, and loads it there. */
  async chooseDevice(): Promise<void> {
    const { t } = vscode.l10n;
    const current = targetSetting().device;
    const details: Record<DeviceChoice, string> = {
      auto: t('Try each once, and keep the fastest that agrees with the CPU.'),
      cpu: t('The processor.'),
      webgpu: t('A graphics card through WebGPU.'),
      cuda: t('An NVIDIA card through CUDA, where its libraries are installed.'),
      dml: t('A graphics card through DirectML, on Windows.'),
      coreml: t('Core ML, on macOS.'),
    };
    const picked = await vscode.window.showQuickPick(
      (['auto', ...deviceNames] as const).map((device) => ({
        label: device,
        description: device === current ? t('in use') : '',
        detail: details[device],
      })),
      { title: t('Choose Device'), placeHolder: t('Where the model runs') },
    );
    if (!picked || picked.label === current) return;
    await writeSetting('device', picked.label);
    await this.load();
  }

  /** Ends the engine's process, starts it anew and loads the model. */
  async restart(): Promise<void> {
    await withProgress(vscode.l10n.t('restarting the engine'), async (options) => {
      await this.engine.restart();
      await this.engine.call('model/load', {}, options);
    });
  }

  /** Measures the model in force on every device that the runtime lists, and shows a table. */
  async compareDevices(): Promise<void> {
    const { model } = targetSetting();
    const comparison = await withProgress(vscode.l10n.t('comparing devices for {0}', modelName(model)), (options) =>
      compareDevices((device) => this.engine.call('devices/measure', {}, { ...options, model, device })),
    );
    await this.comparisons.show(comparison);
  }

  /** Frees the memory of all models. */
  async unload(): Promise<void> {
    const freed = this.engine.held.reduce((sum, { bytes }) => sum + bytes, 0);
    await this.engine.unload();
    vscode.window.setStatusBarMessage(`Headlight: ${vscode.l10n.t('{0} MB freed; the next question loads its model again.', (freed / 2 ** 20).toFixed(0))}`, 8000);
  }

  private async load(): Promise<void> {
    const { name, device, deviceReason, limits } = await withProgress(
      vscode.l10n.t('loading {0}', modelName(targetSetting().model)),
      (options) => this.engine.call('model/load', {}, options),
    );
    const said = [vscode.l10n.t('{0} on {1}: {2}', name, device, deviceReason), ...limits];
    vscode.window.setStatusBarMessage(`Headlight: ${said.join(' ')}`, 8000);
  }
}
