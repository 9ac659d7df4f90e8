import * as vscode from 'vscode';
import type { CheckFile, PlacedExpectation } from '../../lenses/checks/contract';
import { boundRange, keptBound } from '../../lenses/checks/keptBound';
import { parseChecks } from '../../lenses/checks/parse';
import { expectationText, withHash } from '../../lenses/checks/print';
import { shownValue } from '../../lenses/checks/run';
import type { EngineHost } from '../engineHost';
import { withProgress } from '../progress';
import { checkModel } from './checkModel';

/** Hands out what failed in the latest run. */
export interface MeasuredChecks {
  /** What was measured for a failed expectation; null for one that passed, was not run, or has been changed since. */
  failedValue(uri: vscode.Uri, expectation: PlacedExpectation): number | null;
}

const updateHash = 'headlight.checks.updateHash';

/** Quick fixes of files of checks: the bound of a failed line to one that holds, and the hash to that of the model. */
export class CheckFixes implements vscode.CodeActionProvider {
  static readonly metadata: vscode.CodeActionProviderMetadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };

  constructor(private readonly measured: MeasuredChecks) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const { t } = vscode.l10n;
    const source = document.getText();
    const { file } = parseChecks(source);
    if (!file) return [];
    const actions: vscode.CodeAction[] = [];
    const isAt = (start: number, end: number): boolean => document.positionAt(start).line <= range.end.line && document.positionAt(end).line >= range.start.line;
    for (const expectation of file.texts.flatMap(({ expectations }) => expectations)) {
      if (!isAt(expectation.range.start, expectation.range.end)) continue;
      const value = this.measured.failedValue(document.uri, expectation);
      const place = boundRange(source, expectation);
      if (value === null || place === null) continue;
      const bound = keptBound(expectation, value);
      const action = new vscode.CodeAction(t('Expect What Was Measured ({0}): {1}', shownValue(value), expectationText({ ...expectation, bound })), vscode.CodeActionKind.QuickFix);
      action.edit = new vscode.WorkspaceEdit();
      action.edit.replace(document.uri, new vscode.Range(document.positionAt(place.start), document.positionAt(place.end)), String(bound));
      actions.push(action);
    }
    const { hash, model } = file;
    if (isAt(model.start, hash?.end ?? model.end)) {
      const action = new vscode.CodeAction(hash ? t('Update the Hash to That of the Model') : t('Write the Hash of the Model'), vscode.CodeActionKind.QuickFix);
      action.command = { command: updateHash, title: action.title, arguments: [document.uri] };
      actions.push(action);
    }
    return actions;
  }
}

/** Makes the command behind the fix of a hash, which asks the engine for it. */
export function hashCommand(engine: EngineHost): vscode.Disposable {
  return vscode.commands.registerCommand(updateHash, async (uri: vscode.Uri) => {
    const document = await vscode.workspace.openTextDocument(uri);
    const { file } = parseChecks(document.getText());
    if (!file) return;
    const model = checkModel(file.model.value, uri);
    const found = await withProgress(vscode.l10n.t('reading the model’s weights'), (options) => engine.call('model/hash', {}, { ...options, model, device: 'cpu' }));
    await replaceHash(document, found.hash);
  });
}

async function replaceHash(document: vscode.TextDocument, hash: string): Promise<void> {
  // As it reads now: the weights of a large model take a while to be read.
  const source = document.getText();
  const now: CheckFile | null = parseChecks(source).file;
  if (!now) return;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(0), document.positionAt(source.length)), withHash(source, now, hash));
  await vscode.workspace.applyEdit(edit);
}
