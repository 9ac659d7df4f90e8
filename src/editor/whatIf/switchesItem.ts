import * as vscode from 'vscode';
import { offCount, offItems } from '../../lenses/whatIf/describe';
import { modelName } from '../../library/modelName';
import type { Switchboard } from './switchboard';

/** Things that the tooltip lists. */
const mostListed = 12;

/** The status bar item that says how much is off; hidden where all is on. */
export class SwitchesItem implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly listener: vscode.Disposable;

  constructor(private readonly switchboard: Switchboard) {
    this.item = vscode.window.createStatusBarItem('switches', vscode.StatusBarAlignment.Right, 99);
    this.item.name = vscode.l10n.t('Headlight: What Is Off');
    this.item.command = 'headlight.showSwitches';
    this.item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    this.listener = switchboard.onChange(() => { this.draw(); });
    this.draw();
  }

  dispose(): void {
    this.listener.dispose();
    this.item.dispose();
  }

  private draw(): void {
    const { t } = vscode.l10n;
    const off = this.switchboard.switched.map((model) => ({ model, switches: this.switchboard.of(model) }));
    const count = off.reduce((sum, { switches }) => sum + offCount(switches), 0);
    void vscode.commands.executeCommand('setContext', 'headlight.somethingOff', count > 0);
    if (count === 0) {
      this.item.hide();
      return;
    }
    const lines = off.flatMap(({ model, switches }) => offItems(switches).map(({ text }) => `${modelName(model)}: ${text}`));
    const more = lines.length > mostListed ? [t('and {0} more', lines.length - mostListed)] : [];
    this.item.text = `$(circle-slash) ${t('{0} off', count)}`;
    // Plain text: tokens of any text are named here.
    this.item.tooltip = [t('Headlight answers with this off:'), ...lines.slice(0, mostListed), ...more].join('\n');
    this.item.accessibilityInformation = { label: t('Headlight: {0} off', count) };
    this.item.show();
  }
}
