import * as vscode from 'vscode';
import type { AttentionLink } from '../../link/attentionLink';
import { inOwnDocument, placeText } from '../../link/placeText';
import type { Source } from '../../panel/contract';
import { linkedModel } from '../link/linkedModel';
import { linkedTextUri } from '../link/linkedText';
import { targetSetting } from '../settings';
import { sourceOf } from '../source/documentSource';
import type { ShownSource } from './shownSource';

/** Texts as a view of the panel has them, with their places in the shown document where they may still stand there. */
export type Texts = Pick<AttentionLink, 'first' | 'second' | 'selection'>;

/**
 * Where texts of the panel stand in the shown document, or, as the reader may have written them anew, in a document of
 * their own.
 * @throws HeadlightError `text-too-long`
 */
export async function sourceOfTexts(texts: Texts, shown: ShownSource | null): Promise<Source> {
  return inShownDocument(texts, shown) ?? (await inDocumentOfItsOwn(texts, shown));
}

function inShownDocument(texts: Texts, shown: ShownSource | null): Source | null {
  const document = shown && vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === shown.uri);
  const placed = document && placeText(texts, document.getText());
  return placed ? sourceOf(document, { ...placed, cut: false }) : null;
}

async function inDocumentOfItsOwn(texts: Texts, shown: ShownSource | null): Promise<Source> {
  const label = shown?.subject.source.label ?? 'Headlight';
  const link: AttentionLink = { ...texts, label: label.replace(/\p{Cc}/gu, ' ').slice(0, 200), model: linkedModel(targetSetting().model), otherModel: null, state: {} };
  const document = await vscode.workspace.openTextDocument(await linkedTextUri(link));
  const own = inOwnDocument(link).link;
  const placed = placeText(own, document.getText())!;
  return { ...sourceOf(document, { ...placed, cut: false }), label: vscode.l10n.t('{0}, as written in the panel', label) };
}
