import { randomUUID } from 'node:crypto';
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { TextRange } from '../../text/range';
import { heldOutOfEither } from '../../library/heldOutLines';
import { modelName } from '../../library/modelName';
import { activeText } from '../commands/activeText';
import type { KnownModels } from '../knownModels';
import type { PanelView } from '../panel/panelView';
import { pickKnownModel } from '../pickKnownModel';
import { driftSubject } from '../source/documentSource';

/** What whoever starts `headlight.compareModels` may say beforehand; the reader is asked for the rest. */
export interface ComparedModels {
  /** Id or folder of the first model: fp32, or before training. */
  readonly model?: string;
  /** Id or folder of the other. */
  readonly against?: string;
  /** The document whose lines are read; without it, the active editor's, or what is selected there. */
  readonly uri?: string;
}

/**
 * Compares two files of one model over the lines of a document, in the panel: over all of them, or those selected, or, where
 * one of the two was fine-tuned on this file, those that were held out then.
 * @param given a `ComparedModels`; anything else counts as nothing
 * @throws HeadlightError `empty-text` where there are no lines
 */
export async function compareModels(panel: PanelView, models: KnownModels, given?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const named = comparedModelsFrom(given);
  const { document, within } = await textOf(named.uri);
  // Before the reader is asked anything: a file without text serves for no two models.
  const subject = driftSubject(document, within);
  const folder = t('An ONNX export of the same model, in another precision or at another step of its training.');
  const model = named.model ?? (await pickKnownModel(models, {
    title: t('Compare Two Models (1 of 2)'), placeHolder: t('The first model: fp32, or before training'), folder, offered: ({ readable }) => readable,
  }));
  if (model === null) return;
  const against = named.against ?? (await pickKnownModel(models, {
    title: t('Compare Two Models (2 of 2)'), placeHolder: t('What {0} is compared with: int8, or after training', modelName(model)), folder,
    offered: ({ id, readable }) => readable && id !== model,
  }));
  if (against === null) return;
  // What starts this command names folders that the reader gave it; the panel may ask about listed models alone.
  for (const id of [model, against]) if (isAbsolute(id) && !(await models.list()).some((known) => known.id === id)) await models.remember(id);
  const isWhole = within === null && document.uri.scheme === 'file' && !document.isDirty;
  const heldOut = isWhole ? await heldOutOfEither([against, model], document.uri.fsPath) : null;
  const shown = heldOut ? driftSubject(document, null, ({ line }) => heldOut.has(line)) : subject;
  await panel.show({ ...shown, opened: { id: randomUUID(), model, against } }, t('comparing {0} and {1}', modelName(model), modelName(against)));
}

export function comparedModelsFrom(given: unknown): ComparedModels {
  const from = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries((['model', 'against', 'uri'] as const).flatMap((key) => (typeof from[key] === 'string' && from[key] !== '' ? [[key, from[key]]] : [])));
}

/** A document that is named, whole; else the active editor's, or what is selected in it. */
async function textOf(uri: string | undefined): Promise<{ readonly document: vscode.TextDocument; readonly within: TextRange | null }> {
  if (uri !== undefined) return { document: await vscode.workspace.openTextDocument(vscode.Uri.parse(uri)), within: null };
  const { document, selections: [selection] } = activeText();
  return { document, within: selection.end > selection.start ? selection : null };
}
