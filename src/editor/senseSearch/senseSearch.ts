import * as vscode from 'vscode';
import { HeadlightError, isCancelled } from '../../errors';
import type { CallOptions } from '../../lenses/calls';
import type { SenseHit, SenseIndexState, SenseSearchRequest } from '../../lenses/senseIndex/contract';
import { isContentWord } from '../../text/contentWords';
import { sentenceAt } from '../../text/sentences';
import { excerpt, visibleText } from '../../text/visibleText';
import type { ActiveText } from '../commands/activeText';
import type { EngineHost } from '../engineHost';
import { failureDetail } from '../failures';
import { readFiles } from '../occurrences/readFiles';
import { wordNow } from '../occurrences/wordNow';
import { withProgress } from '../progress';
import { chosenWord } from '../source/chosenWord';
import { type FoundPlace, placeOf } from './places';
import { estimate } from './planUpdate';
import { ResultsView } from './resultsView';
import { SenseIndex } from './senseIndex';

/** Most places that a search shows. */
const top = 200;
/** How long a search waits for files that have changed since the last one, in milliseconds. */
const patience = 3000;
const mostBytes = 2_000_000;
const byFileKey = 'senseSearch.byFile';

type Words = SenseSearchRequest['words'];

/** What was looked for. */
type Wanted = Pick<SenseSearchRequest, 'occurrence' | 'words'> & {
  readonly word: string;
  /** Where it stands: it is not among what is found. */
  readonly key: string;
  readonly offset: number;
};

/** Search by sense: its commands, its index and its view. */
export class SenseSearch implements vscode.Disposable {
  private readonly view: ResultsView;
  private index: SenseIndex | null = null;
  private last: Wanted | null = null;

  constructor(
    private readonly engine: EngineHost,
    private readonly context: Pick<vscode.ExtensionContext, 'storageUri' | 'workspaceState'>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.view = new ResultsView(context.workspaceState.get(byFileKey, false));
  }

  /**
   * Looks for places where the word at the selection, or other words, are used as it is there.
   * @throws HeadlightError `word-not-found`, `no-folder`, or what the engine says
   */
  async find({ document, selections: [selection] }: ActiveText, words: Words): Promise<void> {
    const text = document.getText();
    const range = chosenWord(text, selection);
    if (!range) throw new HeadlightError('word-not-found', 'There is no single word here. Put the cursor in a word or select one, and try again.');
    const word = text.slice(range.start, range.end);
    if (!isContentWord(word)) {
      throw new HeadlightError('word-not-found', `“${word}” is not in the sense index, which holds words of letters that have a meaning of their own. Choose another word.`);
    }
    const sentence = sentenceAt(text, range);
    const occurrence = { sentence: text.slice(sentence.start, sentence.end), start: range.start - sentence.start, end: range.end - sentence.start };
    await this.search({ word, words, occurrence, key: document.uri.toString(), offset: range.start });
  }

  /** The same search for the word itself or for others. */
  async again(words: Words): Promise<void> {
    if (this.last) await this.search({ ...this.last, words });
  }

  /** Builds the index, or brings it in step with the files, once the reader has seen how long it takes. */
  async build(): Promise<void> {
    await this.buildIndex(this.indexOfWorkspace());
  }

  async deleteIndex(): Promise<void> {
    await this.indexOfWorkspace().delete();
    await this.view.clear();
    void vscode.window.showInformationMessage(vscode.l10n.t('The sense index of this workspace is deleted.'));
  }

  async group(byFile: boolean): Promise<void> {
    this.view.group(byFile);
    await this.context.workspaceState.update(byFileKey, byFile);
  }

  clear(): Promise<void> {
    return this.view.clear();
  }

  /** Goes to a place that was found, wherever its word stands now. */
  readonly open = async (key: string, start: number, end: number, word: string): Promise<void> => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(key));
    const range = wordNow(document.getText(), word, { start, end });
    const selection = new vscode.Range(document.positionAt(range.start), document.positionAt(range.end));
    await vscode.window.showTextDocument(document, { selection, preview: true });
  };

  dispose(): void {
    this.view.dispose();
    this.index?.dispose();
  }

  /** @throws HeadlightError `no-folder` */
  private indexOfWorkspace(): SenseIndex {
    const { storageUri } = this.context;
    if (!storageUri) throw new HeadlightError('no-folder', 'No folder is open. Open one (File: Open Folder) to search it by sense.');
    this.index ??= new SenseIndex(this.engine, vscode.Uri.joinPath(storageUri, 'sense-index'), this.log);
    return this.index;
  }

  private async search(wanted: Wanted): Promise<void> {
    const index = this.indexOfWorkspace();
    const { t } = vscode.l10n;
    const state = await withProgress(t('opening the sense index'), (options) => index.open(options));
    let behind = false;
    if (state.state === 'ready') behind = await this.catchUp(index, state);
    else if (!(await this.buildIndex(index))) return;
    await withProgress(t('searching by sense'), async (options) => {
      const { hits, model, total } = await this.engine.call(
        'senseIndex/search',
        { folder: index.path, occurrence: wanted.occurrence, words: wanted.words, top },
        { ...options, lane: 'command/senseSearch' },
      );
      const others = wanted.words === 'others';
      const { sentence, start } = wanted.occurrence;
      // Neither the word itself nor, among other words, its own sentence says anything new.
      const from = others ? wanted.offset - start : wanted.offset;
      const to = others ? from + sentence.length : wanted.offset + 1;
      const places = (await placesOf(hits, options)).filter((place) => place.key !== wanted.key || place.start < from || place.start >= to);
      const word = visibleText(wanted.word);
      const quoted = excerpt(start > 40 ? `…${sentence.slice(start - 40).replace(/^\S*\s/u, '')}` : sentence, 80);
      this.last = wanted;
      await this.view.show({
        places,
        others,
        title: others ? t('other words like “{0}”', word) : `“${word}”`,
        message: [
          others
            ? t('The {0} places, of {1} words, where another word is used most like “{2}” in “{3}”.', places.length, total.toLocaleString('en'), word, quoted)
            : total > top
              ? t('The {0} of {1} occurrences of “{2}” that are used most like “{3}”.', places.length, total.toLocaleString('en'), word, quoted)
              : t('{0} other occurrences of “{1}”, those used most like “{2}” first.', places.length, word, quoted),
          t('By {0}.', model.name),
          ...(state.fitted ? [] : [t('Its vectors were not fitted to tell senses apart: the order is a rough guess.')]),
          ...(behind ? [t('Files that have changed are still being read.')] : []),
        ].join(' '),
      });
    });
  }

  /** Reads what has changed since the last time; whether there is so much of it that the search should not wait. */
  private async catchUp(index: SenseIndex, state: SenseIndexState): Promise<boolean> {
    const done = index.catchUp(state).then(
      () => false,
      (error: unknown) => {
        if (!isCancelled(error)) this.log.warn(`Sense index: ${failureDetail(error)}`);
        return false;
      },
    );
    return Promise.race([done, new Promise<true>((resolve) => setTimeout(resolve, patience, true))]);
  }

  /** Asks, and builds in the background of the window. Whether there is an index now. */
  private async buildIndex(index: SenseIndex): Promise<boolean> {
    const { t } = vscode.l10n;
    const [state, plan] = await withProgress(t('looking through the workspace'), async (options) => {
      const known = await index.open(options, true);
      return [known, await index.plan(known, options.signal)] as const;
    });
    const bytes = plan.changed.reduce((sum, { size }) => sum + size, 0);
    if (bytes === 0 && state.state === 'ready') {
      if (plan.removed.length > 0) await index.carryOut(plan, {});
      void vscode.window.showInformationMessage(t('The sense index is up to date: {0} words of {1} files.', state.words.toLocaleString('en'), state.files.length.toLocaleString('en')));
      return true;
    }
    const { indexBytes, seconds, tokens } = estimate(bytes, { bytesPerWord: state.bytesPerWord, tokensPerSecond: state.tokensPerSecond ?? 1000 });
    const build = t('Build');
    const chosen = await vscode.window.showInformationMessage(
      state.state === 'ready' ? t('Bring the sense index of this workspace up to date?') : t('Build the sense index of this workspace?'),
      {
        modal: true,
        detail: [
          ...(state.detail === '' ? [] : [state.detail]),
          t('{0} files with about {1} tokens: about {2} on this machine as busy as it is now, and {3} on its disk. It goes on in the background and can be stopped; what is done then is kept. From then on files are read again when they change.',
            plan.changed.length.toLocaleString('en'), roundly(tokens), duration(seconds), megabytes(indexBytes)),
        ].join('\n\n'),
      },
      build,
    );
    if (chosen !== build) return false;
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Headlight: building the sense index'), cancellable: true },
      async (progress, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => { controller.abort(); });
        const started = Date.now();
        let shown = 0;
        await index.carryOut(plan, { signal: controller.signal }, (done, total) => {
          const left = (((Date.now() - started) / Math.max(1, done)) * (total - done)) / 1000;
          const percent = (100 * done) / Math.max(1, total);
          progress.report({ message: t('{0} %, about {1} left', Math.floor(percent), duration(left)), increment: percent - shown });
          shown = percent;
        });
      },
    );
    return true;
  }
}

/** The hits that still stand in their files, in the same order. */
async function placesOf(hits: readonly SenseHit[], { signal }: Required<CallOptions>): Promise<FoundPlace[]> {
  const inWorkspace = hits.filter(({ key }) => vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(key)));
  const keys = [...new Set(inWorkspace.map(({ key }) => key))];
  const texts = new Map<string, string>();
  for await (const file of readFiles(keys.map((key) => vscode.Uri.parse(key)), mostBytes, signal)) {
    if ('text' in file) texts.set(file.uri.toString(), file.text);
  }
  return inWorkspace.flatMap((hit) => {
    const text = texts.get(hit.key);
    return (text === undefined ? null : placeOf(hit, text)) ?? [];
  });
}

function duration(seconds: number): string {
  const { t } = vscode.l10n;
  if (seconds < 90) return t('{0} s', Math.max(1, Math.round(seconds)));
  return seconds < 5400 ? t('{0} min', Math.round(seconds / 60)) : t('{0} h', (seconds / 3600).toFixed(1));
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? '0.1 MB' : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** Two digits that count. */
function roundly(count: number): string {
  return Number(count.toPrecision(2)).toLocaleString('en');
}
