import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import { formatBytes } from '../../picture/formatBytes';
import { type ModelChoice, modelChoices } from '../../library/hub/choices';
import { approximateSize, curatedModels } from '../../library/hub/curated';
import { exportCommand } from '../../library/hub/exportCommand';
import type { Hub } from '../../library/hub/hub';
import { readRepository, type Repository } from '../../library/hub/repository';
import { readRepositoryName, type RepositoryName } from '../../library/hub/repositoryId';
import { searchHub } from '../../library/hub/search';
import { withProgress } from '../progress';

/** What one entry of the list does. */
interface Entry extends vscode.QuickPickItem {
  readonly repository?: string;
  /** Asks the hub for repositories with these words in their names. */
  readonly search?: string;
}

/**
 * Lets the user choose a repository: one that is worth a look, one by its name, or one that the hub finds. The hub is
 * asked when the user says so, and not while they type.
 */
export async function pickRepository(hub: Hub): Promise<RepositoryName | null> {
  const { t } = vscode.l10n;
  for (let entries: readonly Entry[] = curated(), title = t('Download a Model from the Hub'); ; ) {
    const picked = await pickEntry(hub, title, entries);
    if (picked?.search === undefined) return picked?.repository === undefined ? null : readRepositoryName(picked.repository);
    const words = picked.search;
    const found = await withProgress(t('searching {0}', hub.endpoint.host), ({ signal }) => searchHub(hub, words, signal));
    title = found.length === 0 ? t('No ONNX Model Found for “{0}”', words) : t('ONNX Models Found for “{0}”', words);
    entries = found.map(({ downloads, gated, id, task }) => ({
      label: id,
      description: [...(task === null ? [] : [task]), ...(gated ? [t('gated')] : [])].join(' · '),
      detail: t('{0} downloads a month', downloads.toLocaleString('en')),
      repository: id,
    }));
  }
}

function pickEntry(hub: Hub, title: string, entries: readonly Entry[]): Promise<Entry | undefined> {
  const { t } = vscode.l10n;
  const pick = vscode.window.createQuickPick<Entry>();
  pick.title = title;
  pick.placeholder = t('A name as on {0}, its address, or words to search for', hub.endpoint.host);
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = entries;
  pick.onDidChangeValue((value) => {
    const words = value.trim();
    pick.items = [...entries, ...(words === '' ? [] : typed(hub, words))];
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** What can be done with what was typed. */
function typed({ endpoint }: Hub, words: string): Entry[] {
  const { t } = vscode.l10n;
  const search: Entry = { label: `$(search) ${t('Search {0} for “{1}”', endpoint.host, words)}`, search: words, alwaysShow: true };
  try {
    const { id, revision } = readRepositoryName(words);
    const name = revision === 'main' ? id : `${id}@${revision}`;
    const own: Entry = { label: `$(repo) ${name}`, description: t('this repository'), repository: name, alwaysShow: true };
    // A name with its owner is hardly a word to search for.
    return id.includes('/') ? [own, search] : [search, own];
  } catch {
    return [search];
  }
}

function curated(): Entry[] {
  const { t } = vscode.l10n;
  return curatedModels.map((model) => ({
    label: model.name,
    description: model.hasOnnx
      ? t('about {0}, {1} in q8', formatBytes(approximateSize(model, 4)), formatBytes(approximateSize(model, 1)))
      : t('about {0}, to be exported', formatBytes(approximateSize(model, 4))),
    detail: `${model.goodFor} · ${model.id}`,
    repository: model.id,
  }));
}

/** What the variants are, beside their sizes. */
function meaningOf(label: string): string {
  const { t } = vscode.l10n;
  const meanings: Readonly<Record<string, string>> = {
    fp32: t('weights as they were trained: the numbers of the papers'),
    fp16: t('weights of 16 bits: hardly a difference'),
    q8: t('weights of 8 bits: a quarter of the size, slightly other numbers'),
    int8: t('weights of 8 bits: a quarter of the size, slightly other numbers'),
    uint8: t('weights of 8 bits: a quarter of the size, slightly other numbers'),
    q4: t('weights of 4 bits: small, other numbers'),
    q4f16: t('weights of 4 bits, computed with 16: small, other numbers'),
    bnb4: t('weights of 4 bits: small, other numbers'),
  };
  return meanings[label] ?? '';
}

/** Lists a repository and lets the user choose a variant; null where they think better of it, or there is none. */
export async function pickChoice(hub: Hub, name: RepositoryName): Promise<{ readonly repository: Repository; readonly choice: ModelChoice } | null> {
  const { t } = vscode.l10n;
  const repository = await withProgress(t('listing {0}', name.id), ({ signal }) => readRepository(hub, name, signal));
  let choices: readonly ModelChoice[];
  try {
    choices = modelChoices(repository);
  } catch (error) {
    if (!(error instanceof HeadlightError) || error.code !== 'hub-unsuited') throw error;
    await offerExport(repository, error.message);
    return null;
  }
  const picked = await vscode.window.showQuickPick(
    choices.map((choice) => ({ label: choice.label, description: formatBytes(choice.bytes), detail: [meaningOf(choice.label), choice.graph].filter(Boolean).join(' · '), choice })),
    { title: t('Variant of {0}', repository.id), placeHolder: t('The same model in other precisions') },
  );
  return picked ? { repository, choice: picked.choice } : null;
}

async function offerExport({ id, task }: Repository, message: string): Promise<void> {
  const { t } = vscode.l10n;
  const command = exportCommand(id, task);
  const [copy, add] = [t('Copy the Command'), t('Add Model Folder')];
  const chosen = await vscode.window.showWarningMessage(message, ...(message.includes(command) ? [copy, add] : []));
  if (chosen === copy) await vscode.env.clipboard.writeText(command);
  if (chosen === add) await vscode.commands.executeCommand('headlight.addModelFolder');
}
