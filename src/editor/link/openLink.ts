import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { AttentionLink } from '../../link/attentionLink';
import { readLink } from '../../link/linkCode';
import type { KnownModels } from '../knownModels';
import type { PanelView } from '../panel/panelView';
import { targetSetting, writeSetting } from '../settings';
import { modelName } from '../../library/modelName';
import { knownModel } from './linkedModel';
import { type LinkedSource, linkedSource } from './linkedSource';

export interface LinkContext {
  readonly panel: PanelView;
  readonly models: KnownModels;
  /** Publisher and name of this extension. */
  readonly extension: string;
}

/**
 * Shows what a link to a view of attention leads to. The model in force stays so until the user says otherwise.
 * @param argument the link; anything but text asks for one
 * @throws HeadlightError `link-unreadable`
 */
export async function openLink(argument: unknown, context: LinkContext): Promise<void> {
  const text = typeof argument === 'string' ? argument : await askForLink();
  if (text === undefined) return;
  const link = readLink(text, context.extension);
  await showIn(await linkedSource(link), link, context);
}

function askForLink(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Open Link to a View'),
    prompt: vscode.l10n.t('Paste a link that “Copy link” in the attention view has made.'),
    ignoreFocusOut: true,
  });
}

async function showIn(found: LinkedSource, link: AttentionLink, context: LinkContext): Promise<void> {
  const { t } = vscode.l10n;
  const { name } = link.model;
  const { model: inForce } = targetSetting();
  const known = await knownModel(link.model, inForce, context.models, vscode.workspace.isTrusted);
  if (known === inForce) {
    await show(found, link, context);
    return;
  }
  const present = modelName(inForce);
  if (known === null) {
    const use = t('Use {0}', present);
    const choose = t('Choose Model');
    const unknown = vscode.workspace.isTrusted
      ? t('The link was made with the model {0}, which is not known here. Choose its folder, or see the view with {1}.', name, present)
      : t('The link was made with the model {0}. In a workspace that is not trusted, a link can use built-in models only. See the view with {1}, or choose a model yourself.', name, present);
    const chosen = await vscode.window.showInformationMessage(unknown, use, choose);
    if (chosen === use) await show(found, ofOtherModel(link), context);
    if (chosen !== choose) return;
    await vscode.commands.executeCommand('headlight.chooseModel');
    if (targetSetting().model !== inForce) await showIn(found, link, context);
    return;
  }
  await show(found, ofOtherModel(link), context);
  const use = t('Use {0}', name);
  const chosen = await vscode.window.showInformationMessage(
    t('The link was made with the model {0}. The view is shown with {1}, which is in use.', name, present),
    use,
  );
  if (chosen !== use) return;
  await writeSetting('model', known);
  await show(found, link, context);
}

/** Tokens are counted anew by another model: the one that was kept would be an arbitrary one. */
function ofOtherModel(link: AttentionLink): AttentionLink {
  return { ...link, state: { ...link.state, pinned: null } };
}

async function show({ source, document }: LinkedSource, { state, otherModel }: AttentionLink, { panel, models }: LinkContext): Promise<void> {
  if (document) await showPlace(document, source);
  const { compare } = state;
  const other = otherModel ? await knownModel(otherModel, targetSetting().model, models, vscode.workspace.isTrusted) : null;
  // A link names its model, for which the reader is asked, and no other that its state may hold.
  const opened = { id: randomUUID(), state: { ...state, inModel: null, ...(compare !== null && typeof compare === 'object' && { compare: { ...compare, model: other } }) } };
  await panel.show({ lens: 'attention', source, opened }, vscode.l10n.t('computing attention'));
}

/** Brings the text into sight and leaves cursor and focus where they are. */
async function showPlace(document: vscode.TextDocument, { first }: LinkedSource['source']): Promise<void> {
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const editor = open ?? (await vscode.window.showTextDocument(document, { preserveFocus: true, preview: true }));
  const range = new vscode.Range(document.positionAt(first.offset), document.positionAt(first.offset + first.text.length));
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
