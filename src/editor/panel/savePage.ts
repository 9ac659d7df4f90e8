import * as vscode from 'vscode';
import type { CallOptions, LensMethod, LensRequest, LensResult } from '../../lenses/calls';
import type { WithoutTarget } from '../../lenses/model';
import type { PageOfView } from '../../panel/contract';
import { collectAttention } from '../../standalone/collect';
import { standalonePage } from '../../standalone/page';
import { withProgress } from '../progress';
import { saveFile } from './saveFile';

type Ask = <M extends LensMethod>(method: M, request: WithoutTarget<LensRequest<M>>, options: CallOptions) => Promise<LensResult<M>>;

/**
 * Writes the attention of a text as a page of its own.
 * @param document that stands in the editor, beside which the file is proposed
 * @param extension folder of Headlight
 * @returns where it was written, null where the reader thought better of it
 * @throws HeadlightError `text-too-long`, `file-not-written`, or what the engine says
 */
export async function savePage({ source, state, asked }: PageOfView, document: string | null, extension: vscode.Uri, ask: Ask): Promise<string | null> {
  const { first, second, selection, label } = source;
  const request = { text: first.text, ...(second && { pair: second.text }), focus: selection.start, ...(asked.part && { part: asked.part }), ...(asked.written && { written: asked.written }) };
  const collected = await withProgress(vscode.l10n.t('Reading All Heads for the Page'), ({ signal }) =>
    collectAttention((method, asked) => ask(method, asked, { signal }), request, { label, state }),
  );
  const text = await standalonePage(collected, extension.fsPath);
  const name = `attention-${collected.overview.model.name.toLowerCase()}-${label}.html`;
  return saveFile({ name, text }, document);
}
