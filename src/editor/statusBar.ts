import * as vscode from 'vscode';
import type { EngineStatus } from '../panel/contract';
import type { EngineHost } from './engineHost';
import { escapeText } from './hover/escapeText';
import { targetSetting } from './settings';

const icons: Record<EngineStatus['state'], string> = {
  idle: '$(lightbulb)',
  ready: '$(lightbulb)',
  loading: '$(loading~spin)',
  working: '$(loading~spin)',
  failed: '$(warning)',
};

/** Work shorter than this, in ms, does not make the item flicker. */
const workingDelay = 400;

/** The status bar item: which model runs where, and what it is doing. */
export class StatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly listener: vscode.Disposable;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly engine: EngineHost) {
    this.item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Right, 100);
    this.item.name = 'Headlight';
    this.item.command = 'headlight.chooseModel';
    this.listener = engine.onStatus((status) => {
      clearTimeout(this.timer);
      if (status.state === 'working') this.timer = setTimeout(() => { this.draw(); }, workingDelay);
      else this.draw();
    });
    this.draw();
    this.item.show();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.listener.dispose();
    this.item.dispose();
  }

  private draw(): void {
    const { status } = this.engine;
    this.item.text = `${icons[status.state]} ${[status.model, status.device].filter(Boolean).join(' · ')}`;
    this.item.tooltip = this.tooltip(status);
    this.item.accessibilityInformation = { label: `Headlight: ${stateLabel(status)}, ${status.model}, ${status.device ?? ''}` };
    this.item.backgroundColor =
      status.state === 'failed' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  }

  private tooltip(status: EngineStatus): vscode.MarkdownString {
    const { t } = vscode.l10n;
    const { model, device, ignored } = targetSetting();
    const { held } = this.engine;
    const lines = [
      `**Headlight** · ${escapeText(stateLabel(status))}`,
      escapeText(t('Model: {0}', model)),
      escapeText(t('Device: {0}', status.device ? `${status.device} (${device})` : device)),
      ...(status.detail ? [escapeText(status.detail)] : []),
      ...(held.length > 0 ? [heldModels(held)] : []),
      ...(ignored.length > 0
        ? [escapeText(t('This workspace is not trusted: its model and device settings are not used.'))]
        : []),
      [
        `[${t('Choose Model')}](command:headlight.chooseModel)`,
        `[${t('Choose Device')}](command:headlight.chooseDevice)`,
        ...(held.length > 0 ? [`[${t('Unload Models')}](command:headlight.unloadModels)`] : []),
        `[${t('Restart Engine')}](command:headlight.restartEngine)`,
        `[${t('Show Log')}](command:headlight.showLog)`,
      ].join(' · '),
    ];
    const tooltip = new vscode.MarkdownString(lines.join('\n\n'));
    tooltip.isTrusted = {
      enabledCommands: ['headlight.chooseModel', 'headlight.chooseDevice', 'headlight.unloadModels', 'headlight.restartEngine', 'headlight.showLog'],
    };
    return tooltip;
  }
}

/** What is in memory, where, and how much it holds: the latest first. */
function heldModels(held: EngineHost['held']): string {
  const { t } = vscode.l10n;
  const total = held.reduce((sum, { bytes }) => sum + bytes, 0);
  const models = [...held].reverse().map(({ name, device, bytes }) => `- ${escapeText(t('{0} on {1}, {2} MB', name, device, inMegabytes(bytes)))}`);
  return [escapeText(t('In memory: {0} MB', inMegabytes(total))), '', ...models].join('\n');
}

function inMegabytes(bytes: number): string {
  return Math.max(1, bytes / 2 ** 20).toFixed(0);
}

function stateLabel({ state }: EngineStatus): string {
  const { t } = vscode.l10n;
  const labels: Record<EngineStatus['state'], string> = {
    idle: t('starts at first use'),
    loading: t('loading'),
    ready: t('ready'),
    working: t('working'),
    failed: t('failed'),
  };
  return labels[state];
}
