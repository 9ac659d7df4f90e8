import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { AttentionLink } from '../../link/attentionLink';
import { inOwnDocument, placeText } from '../../link/placeText';
import type { HeadOfPair, Source, SourceText, Subject } from '../../panel/contract';
import { linkedModel } from '../link/linkedModel';
import { linkedTextUri } from '../link/linkedText';
import { targetSetting } from '../settings';
import { sourceOf } from '../source/documentSource';
import type { ShownSource } from './shownSource';

const pairs = { firstToSecond: 'ab', secondToFirst: 'ba' } as const;

/**
 * The subject of the attention lens with one head of a pair open: the pair where it stands in the shown document, or, as
 * the reader may have written it anew, in a document of its own.
 * @throws HeadlightError `text-too-long`
 */
export async function headOfPair({ first, second, layer, head, direction }: HeadOfPair, shown: ShownSource | null): Promise<Subject> {
  const texts = { first: partOf(first, 'first', shown), second: partOf(second, 'second', shown), selection: { start: 0, end: 0 } };
  // As the shares are computed.
  const state = { layer, head, pairs: pairs[direction], hideSpecial: true };
  const source = inShownDocument(texts, shown) ?? (await inDocumentOfItsOwn(texts, shown));
  return { lens: 'attention', source, opened: { id: randomUUID(), state } };
}

type Texts = Required<Pick<AttentionLink, 'first' | 'second' | 'selection'>>;

/** The text with its place in the shown document, where it still stands there. */
function partOf(text: string, which: 'first' | 'second', shown: ShownSource | null): SourceText {
  const known = shown?.subject.lens === 'predictions' ? shown.subject.sentences?.[which] : undefined;
  const offset = known?.text === text ? shown!.inDocument({ start: known.offset, end: known.offset + text.length }).start : 0;
  return { text, offset };
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
