import * as vscode from 'vscode';
import type { DeviceComparison } from '../../lenses/devices/contract';
import { deviceTable } from '../../lenses/devices/table';
import { escapeText } from '../hover/escapeText';

/** Read-only documents with comparisons of devices, which live as long as the window. */
export const comparisonScheme = 'headlight-devices';

/** Shows a comparison as a table, in VS Code's own Markdown preview; its source is a document that can be copied from. */
export class ComparisonDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly emitter = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.emitter.event;

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.texts.get(path) ?? vscode.l10n.t('Run “Headlight: Compare Devices” to fill this page.');
  }

  async show(comparison: DeviceComparison): Promise<void> {
    const uri = vscode.Uri.from({ scheme: comparisonScheme, path: `/${vscode.l10n.t('Devices for {0}', comparison.model).replace(/[\\/]/g, '-')}.md` });
    this.texts.set(uri.path, comparisonText(comparison));
    this.emitter.fire(uri);
    await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      // VS Code's own Markdown extension may be switched off.
      await vscode.window.showTextDocument(uri, { preview: true });
    }
  }

  dispose(): void {
    this.emitter.dispose();
  }
}

/** The comparison in Markdown. Names of models and words of the runtime are shown as they are. */
export function comparisonText(comparison: DeviceComparison): string {
  const { t } = vscode.l10n;
  const { head, body } = deviceTable(comparison, {
    device: t('Device'), tokens: (count) => t('{0} tokens', count), attention: t('Attention'), hidden: t('Hidden states'), logits: t('Logits'),
  });
  const [cpu] = comparison.rows;
  const runs = cpu?.lengths.map(({ runs }) => runs).join(t(' and ')) ?? '';
  const row = (cells: readonly string[]): string => `| ${cells.map(escapeText).join(' | ')} |`;
  const failures = comparison.rows.flatMap(({ device, failure }) => (failure === null ? [] : [`- **${escapeText(device)}**: ${escapeText(failure)}`]));
  return [
    `# ${escapeText(t('Devices for {0}', comparison.model))}`,
    '',
    row(head),
    `|${head.map((_, column) => (column === 0 ? ' --- |' : ' ---: |')).join('')}`,
    ...body.map(row),
    '',
    ...(failures.length > 0 ? [`## ${escapeText(t('What does not serve'))}`, '', ...failures, ''] : []),
    escapeText(t('Times are medians of warm runs ({0} on cpu) of a short sentence and of the longer text. Beside them stands the largest difference from what cpu computes: in weights of attention of the first and the last layer, in the last hidden state, and in logits. A dash stands for what the model does not have, or what was not measured.', runs)),
    '',
    escapeText(t('A device serves when its attention, hidden states and logits for the sentence differ by no more than 0.005.')),
    '',
  ].join('\n');
}
