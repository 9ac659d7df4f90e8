import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import type { AttentionLink } from '../../link/attentionLink';
import { linkText, readPayload } from '../../link/linkCode';
import { isRelativePath } from '../../link/linkFields';
import { inOwnDocument } from '../../link/placeText';
import type { ShownSource } from '../panel/shownSource';
import { targetSetting } from '../settings';
import { linkedModel } from './linkedModel';
import { linkedTextScheme } from './linkedText';

/**
 * Puts a link to what the attention view shows into the clipboard.
 * @param state what the view remembers
 * @throws HeadlightError `text-too-long`, or `empty-text` where the view shows nothing
 */
export async function copyLink(state: object, shown: ShownSource | null, extension: string): Promise<null> {
  if (shown?.subject.lens !== 'attention') {
    throw new HeadlightError('empty-text', 'No attention is shown that a link could lead to. Run “Headlight: Show Attention” and try again.');
  }
  await vscode.env.clipboard.writeText(linkText(linkTo(state, shown), vscode.env.uriScheme, extension));
  return null;
}

function linkTo(state: object, shown: ShownSource): AttentionLink {
  const { compare = null, inModel = null, ...view } = state as { compare?: { model?: string | null } | null; inModel?: string | null };
  const other = compare?.model ?? null;
  return {
    ...placeOf(shown),
    model: linkedModel(inModel ?? targetSetting().model),
    otherModel: other === null ? null : linkedModel(other),
    // The text is the link's own, a model's id may be a path, and the view begins anew wherever it is opened.
    state: { ...view, text: undefined, opened: undefined, compare: compare && { ...compare, model: undefined } },
  };
}

function placeOf(shown: ShownSource): Pick<AttentionLink, 'path' | 'label' | 'first' | 'second' | 'selection'> {
  const { uri: address, label, first, second, selection } = shown.subject.source;
  const uri = vscode.Uri.parse(address);
  const original = uri.scheme === linkedTextScheme ? readPayload(uri.query) : null;
  const own = original && inOwnDocument(original).link;
  // A link to what came by a link leads to the same place again.
  if (original && own?.first.text === first.text && own.second?.text === second?.text) return original;
  const [at, atSecond] = shown.parts();
  const path = pathInWorkspace(uri);
  return {
    ...(path !== null && { path }),
    label: label.replace(/\p{Cc}/gu, ' ').slice(0, 200),
    first: { text: first.text, offset: at!.start },
    ...(second && { second: { text: second.text, offset: atSecond!.start } }),
    selection,
  };
}

/** The document within its workspace folder; null where it lies in none, or under a name that not every system takes. */
function pathInWorkspace(uri: vscode.Uri): string | null {
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.path.replace(/\/?$/, '/');
  if (folder === undefined || !uri.path.startsWith(folder)) return null;
  const path = uri.path.slice(folder.length);
  return isRelativePath(path) ? path : null;
}
