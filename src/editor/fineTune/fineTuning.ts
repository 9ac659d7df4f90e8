import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { HeadlightError } from '../../errors';
import { exists } from '../../library/files';
import { showFailure } from '../failures';
import type { KnownModels } from '../knownModels';
import { signalOf } from '../progress';
import { askAboutUnfinished, askForFolder, frozenBeside, pickStart } from './askWhatAndWhere';
import { pickPython } from './pickPython';
import type { FineTuned, RecipeLine } from './recipeLine';
import { checkpointOf, type RecipeRun, runRecipe, workFolderOf } from './runRecipe';

const compareCommand = 'headlight.compareModels';

/** Fine-tunes a whole model on a file of labelled lines, by the recipe that comes with the extension. */
export class FineTuning implements vscode.Disposable {
  private readonly output = vscode.window.createOutputChannel('Headlight Fine-Tuning');
  private readonly builtInModels: string;
  private isRunning = false;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly models: KnownModels,
    /** Makes a model the one in force and loads it. */
    private readonly use: (model: string) => Promise<void>,
  ) {
    this.builtInModels = context.asAbsolutePath('models');
  }

  dispose(): void {
    this.output.dispose();
  }

  /**
   * Asks what to start from, with which Python and where to, and runs.
   * @throws HeadlightError `no-folder` for lines that are no file, `fine-tuning-failed`, or as `runRecipe`
   */
  async start(document: vscode.TextDocument): Promise<void> {
    const { t } = vscode.l10n;
    // Whatever Python is chosen runs code, and its environment may be the workspace's own.
    if (!vscode.workspace.isTrusted) throw new HeadlightError('fine-tuning-failed', 'This workspace is not trusted, so that none of its programs is run. Trust it first (“Workspaces: Manage Workspace Trust”).');
    if (this.isRunning) throw new HeadlightError('fine-tuning-failed', 'A model is being fine-tuned already. Wait for its end, or cancel it.');
    if (document.uri.scheme !== 'file') throw new HeadlightError('no-folder', 'These lines are no file on this machine’s disk. Save them there, and try again.');
    if (document.isDirty && !(await document.save())) throw new HeadlightError('file-not-written', 'The lines could not be saved. Save the file, and try again.');
    const lines = document.uri.fsPath;
    const model = await pickStart(this.models, this.builtInModels);
    if (model === null) return;
    const recipes = join(this.builtInModels, 'recipes');
    const python = await pickPython(this.context.globalState, recipes);
    if (python === null) return;
    const out = await askForFolder(lines);
    if (out === null) return;
    const unfinished = await askAboutUnfinished(out);
    if (unfinished === null) return;
    if (unfinished === 'anew') for (const old of [workFolderOf(out), frozenBeside(out)]) await rm(old, { recursive: true, force: true });
    await this.run({ python, recipe: join(recipes, 'fine_tune.py'), lines, model, out, frozenOut: frozenBeside(out), finish: unfinished === 'finish' }, document.uri, t('fine-tuning on {0}', basename(lines)));
  }

  private async run(run: RecipeRun, uri: vscode.Uri, title: string): Promise<void> {
    this.isRunning = true;
    let made: FineTuned | null;
    try {
      made = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: `Headlight: ${title}`, cancellable: true }, (progress, token) => {
        let done = 0;
        const line = (said: RecipeLine): void => {
          // The lines that a person would read again stay in the output; steps come by the hundred.
          if (said.kind === 'message' && said.step === said.of) this.output.appendLine(said.message);
          const share = said.kind === 'step' && said.phase === 'unfrozen' ? (100 * said.step) / said.of : done;
          if (said.kind !== 'done') progress.report({ message: messageOf(said), increment: share - done });
          done = share;
        };
        return runRecipe(run, { line, words: (words) => { this.output.appendLine(words); } }, signalOf(token));
      });
    } catch (error) {
      this.output.show(true);
      throw error;
    } finally {
      this.isRunning = false;
    }
    // Not awaited: the command has ended, whether or not anyone reads the message.
    const offer = (): Promise<void> => (made ? this.offer(made, uri) : this.offerToGoOn(run, uri, title));
    void offer().catch((error: unknown) => showFailure(error, offer));
  }

  /** Says what came of it, and what can be done with the new folders. */
  private async offer({ folder, frozen, frozenFolder, heldOut, unfrozen }: FineTuned, uri: vscode.Uri): Promise<void> {
    const { t } = vscode.l10n;
    for (const made of [frozenFolder, folder]) if (made !== null) await this.models.remember(made);
    const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
    const said = t('{0}: of {1} held-out lines, {2} are right with all layers trained, {3} with the encoder frozen.', basename(folder), heldOut, percent(unfrozen), percent(frozen));
    this.output.appendLine(said);
    const [useIt, compare, card] = [t('Use'), t('Compare with Frozen'), t('Show Card')];
    const canCompare = frozenFolder !== null && (await vscode.commands.getCommands(true)).includes(compareCommand);
    const chosen = await vscode.window.showInformationMessage(said, useIt, ...(canCompare ? [compare] : []), card);
    if (chosen === useIt) await this.use(folder);
    if (chosen === compare) await vscode.commands.executeCommand(compareCommand, { model: frozenFolder, against: folder, uri: uri.toString() });
    if (chosen === card) await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(join(folder, 'README.md')));
  }

  private async offerToGoOn(run: RecipeRun, uri: vscode.Uri, title: string): Promise<void> {
    const { t } = vscode.l10n;
    const [goOn, finish] = [t('Go On'), t('Make a Model of It')];
    const isKept = await exists(checkpointOf(run.out));
    const said = isKept ? t('Fine-tuning was stopped; what was learnt is kept in {0}.', workFolderOf(run.out)) : t('Fine-tuning was stopped before the head was trained; nothing is kept.');
    const chosen = await vscode.window.showInformationMessage(said, ...(isKept ? [goOn, finish] : []));
    if (chosen !== undefined) await this.run({ ...run, finish: chosen === finish }, uri, title);
  }
}

/** A line of the recipe for the notification. */
function messageOf(said: Exclude<RecipeLine, { kind: 'done' }>): string {
  const { t } = vscode.l10n;
  if (said.kind === 'message') return said.step !== null && said.of !== null ? `${said.message} (${said.step}/${said.of})` : said.message;
  const phase = said.phase === 'frozen' ? t('head alone, encoder frozen') : t('all layers');
  return t('{0}: step {1} of {2}, loss {3}', phase, said.step, said.of, said.loss.toFixed(3));
}
