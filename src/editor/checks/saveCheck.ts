import { dirname, isAbsolute, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import { withCheck } from '../../lenses/checks/append';
import { checkExtension } from '../../lenses/checks/contract';
import { parseChecks } from '../../lenses/checks/parse';
import { printChecks, textBlock } from '../../lenses/checks/print';
import type { ProposedCheck } from '../../panel/contract';
import type { EngineHost } from '../engineHost';
import { targetSetting } from '../settings';
import { checkModel } from './checkModel';

/**
 * Saves what the panel proposes as a check: the reader chooses among its expectations, writes them anew as they like, and
 * says into which file.
 * @param model that the panel showed, among those that it may name; the one in force where it is null
 * @param document that stands in the editor, beside which a new file is proposed
 * @returns where it was written, null where the reader thought better of it
 * @throws HeadlightError `nothing-masked` where there is nothing to check, `file-not-written`, or what the engine says
 */
export async function saveCheck(proposed: ProposedCheck | null, model: string | null, document: string | null, engine: EngineHost): Promise<string | null> {
  const { t } = vscode.l10n;
  if (!proposed || proposed.expectations.length === 0) {
    throw new HeadlightError('nothing-masked', t('Nothing that is shown makes a check. Open one head of the attention view, mask one word in the predictions view, or compare two sentences there.'));
  }
  const text = { text: proposed.text, second: proposed.second, written: proposed.written };
  const line = await chooseLine(proposed.expectations, text);
  if (line === null) return null;
  const own = model ?? targetSetting().model;
  const uri = await chooseFile(own, proposed, document);
  if (!uri) return null;
  const at = await write(uri, own, text, line, engine);
  await vscode.window.showTextDocument(uri, { preview: true, selection: new vscode.Range(at, at) });
  return vscode.workspace.asRelativePath(uri);
}

type Text = Pick<ProposedCheck, 'text' | 'second' | 'written'>;

async function chooseLine(lines: readonly string[], text: Text): Promise<string | null> {
  const { t } = vscode.l10n;
  const title = t('Save as Check');
  const chosen = lines.length === 1 ? lines[0] : await vscode.window.showQuickPick(lines, { title, placeHolder: t('What is expected of the model') });
  if (chosen === undefined) return null;
  const typed = await vscode.window.showInputBox({
    title,
    value: chosen,
    prompt: t('What is expected of the model; the bound leaves it some room'),
    validateInput: (value) => faultOf(value, text),
  });
  return typed?.trim() ?? null;
}

/** What is wrong with an expectation; null for nothing. What comes from the panel is read like what is typed. */
function faultOf(line: string, text: Text): string | null {
  if (/[\r\n]/.test(line)) return vscode.l10n.t('Write one line.');
  const { faults, file } = parseChecks(`model: m\n${textBlock({ ...text, expectations: [] })}${line}\n`);
  if (faults.length > 0) return faults[0]!.message;
  return file?.texts[0]?.expectations.length === 1 ? null : vscode.l10n.t('Write an expectation.');
}

interface FileChoice extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

/** A file of checks of this model, those that hold the text first, or a new one. */
async function chooseFile(model: string, { text }: ProposedCheck, document: string | null): Promise<vscode.Uri | undefined> {
  const { t } = vscode.l10n;
  const found = await vscode.workspace.findFiles(`**/*${checkExtension}`, '**/node_modules/**', 200);
  const files = await Promise.all(found.map(async (uri) => {
    const { file } = parseChecks(await sourceOf(uri));
    const fits = file !== null && modelOf(file.model.value, uri) === model;
    return fits ? [{ label: vscode.workspace.asRelativePath(uri), uri, hasText: file.texts.some((own) => own.text === text) }] : [];
  }));
  const items: FileChoice[] = files.flat().sort((a, b) => Number(b.hasText) - Number(a.hasText) || (a.label < b.label ? -1 : 1))
    .map(({ hasText, label, uri }) => ({ label, uri, description: hasText ? t('has this text') : '' }));
  const picked = items.length === 0 ? { label: '' } : await vscode.window.showQuickPick<FileChoice>([...items, { label: `$(new-file) ${t('New File…')}` }], { title: t('Save as Check'), placeHolder: t('The file of checks') });
  if (!picked || picked.uri) return picked?.uri;
  const shown = document === null ? undefined : vscode.Uri.parse(document);
  const folder = shown?.scheme === 'file' ? vscode.Uri.joinPath(shown, '..') : vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, `model${checkExtension}`) }),
    filters: { [t('Headlight Checks')]: [checkExtension.slice(1)] },
    title: t('Save as Check'),
  });
  return uri && !uri.path.endsWith(checkExtension) ? uri.with({ path: uri.path + checkExtension }) : uri;
}

function modelOf(named: string, file: vscode.Uri): string | null {
  try {
    return checkModel(named, file);
  } catch {
    return null;
  }
}

async function sourceOf(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return '';
  }
}

/** @returns where the new line stands */
async function write(uri: vscode.Uri, model: string, text: Text, line: string, engine: EngineHost): Promise<vscode.Position> {
  const before = await sourceOf(uri);
  try {
    if (before.trim() === '') {
      const { hash } = await engine.call('model/hash', {}, { model });
      const head = printChecks({ model: isAbsolute(model) ? pathFrom(uri, model) : model, hash, texts: [] });
      const { insert } = withCheck(head, text, line);
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(head + insert));
      const document = await vscode.workspace.openTextDocument(uri);
      return document.lineAt(document.lineCount - 1).text === '' ? new vscode.Position(document.lineCount - 2, 2) : new vscode.Position(document.lineCount - 1, 2);
    }
    const document = await vscode.workspace.openTextDocument(uri);
    const { at, insert } = withCheck(document.getText(), text, line);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, document.positionAt(at), insert);
    if (!(await vscode.workspace.applyEdit(edit)) || !(await document.save())) throw new Error(vscode.l10n.t('the editor refused the change'));
    return document.positionAt(document.getText().indexOf(line, at));
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    throw new HeadlightError(
      'file-not-written',
      vscode.l10n.t('{0} could not be written: {1}. Choose another place, or make room on the disk.', uri.fsPath, error instanceof Error ? error.message : String(error)),
      { cause: error },
    );
  }
}

/** A folder as a file of checks names it: from the file's own folder, with `/`. */
function pathFrom(file: vscode.Uri, folder: string): string {
  const path = relative(dirname(file.fsPath), folder).split(sep).join('/');
  return path.startsWith('.') || isAbsolute(path) ? path : `./${path}`;
}
