import * as vscode from 'vscode';
import { throwIfCancelled } from '../../engine/cancellation';
import { HeadlightError } from '../../errors';
import type { CallOptions } from '../../lenses/calls';
import type { IndexedFile, SenseIndexState } from '../../lenses/senseIndex/contract';
import type { EngineHost } from '../engineHost';
import { failureDetail } from '../failures';
import { listFiles } from '../occurrences/listFiles';
import { readFiles } from '../occurrences/readFiles';
import { affects, senseIndexFiles } from '../settings';
import { planUpdate, type UpdatePlan } from './planUpdate';

/** Largest file that is indexed, in bytes. */
const mostBytes = 1_000_000;
/** Text of one request, in characters: some seconds of work. */
const textAtOnce = 60_000;
/** How long changes of files are gathered, in milliseconds. */
const rest = 2000;
const statsAtOnce = 64;

type FileOnDisk = IndexedFile & { readonly uri: vscode.Uri };

export type Plan = UpdatePlan<FileOnDisk>;

/** Bytes done of all, while an index is built. */
export type BuildProgress = (done: number, total: number) => void;

/** The sense index of the open workspace: built when asked to, and from then on kept in step with the files. */
export class SenseIndex implements vscode.Disposable {
  private watcher: vscode.Disposable | null = null;
  private readonly touched = new Map<string, vscode.Uri>();
  private timer: NodeJS.Timeout | undefined;
  /** Whether all files have been looked at since they are watched. */
  private inStep = false;
  /** One update at a time, in the order of asking. */
  private working: Promise<unknown> = Promise.resolve();
  private readonly closed = new AbortController();

  /** @param folder where the index lies: this workspace's storage */
  constructor(
    private readonly engine: EngineHost,
    private readonly folder: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get path(): string {
    return this.folder.fsPath;
  }

  /** What there is of it. @throws HeadlightError */
  async open(options: CallOptions, measure = false): Promise<SenseIndexState> {
    const state = await this.engine.call('senseIndex/open', { folder: this.path, measure }, options);
    if (state.exactOnly !== null) this.log.info(`Sense index: words are compared one by one, as ${state.exactOnly}.`);
    if (state.state === 'ready') this.watch();
    return state;
  }

  /**
   * What has to be read so that the index agrees with the files.
   * @throws HeadlightError `no-folder`, `cancelled`
   */
  async plan({ files }: SenseIndexState, signal: AbortSignal): Promise<Plan> {
    const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri);
    if (folders.length === 0) throw new HeadlightError('no-folder', 'No folder is open. Open one (File: Open Folder) to search it by sense.');
    const uris = await listFiles({ folders, include: senseIndexFiles(), signal });
    const present: FileOnDisk[] = [];
    for (let from = 0; from < uris.length; from += statsAtOnce) {
      throwIfCancelled(signal);
      present.push(...(await Promise.all(uris.slice(from, from + statsAtOnce).map(onDisk))).filter((file) => file !== null));
    }
    return planUpdate(files, present);
  }

  /** Does what a plan says. @throws HeadlightError; what was done until then is kept */
  carryOut({ changed, removed }: Plan, options: CallOptions, progress: BuildProgress = () => undefined): Promise<void> {
    return this.inTurn(async () => {
      const signal = options.signal ? AbortSignal.any([options.signal, this.closed.signal]) : this.closed.signal;
      const total = changed.reduce((sum, { size }) => sum + size, 0);
      let done = 0;
      let files: (IndexedFile & { readonly text: string })[] = [];
      let gone = [...removed];
      let characters = 0;
      const update = async (finish: 'link' | null): Promise<void> => {
        await this.engine.call('senseIndex/update', { folder: this.path, files, removed: gone, finish }, { signal });
        done += files.reduce((sum, { size }) => sum + size, 0);
        progress(done, total);
        [files, gone, characters] = [[], [], 0];
      };
      const byKey = new Map(changed.map((file) => [file.key, file]));
      try {
        for await (const read of readFiles(changed.map(({ uri }) => uri), mostBytes, signal)) {
          const file = byKey.get(read.uri.toString());
          if (!file) continue;
          const { key, mtime, size } = file;
          // What cannot be read stays in the index as an empty file, so that it is not tried at each start.
          files.push({ key, mtime: isDirty(key) ? -1 : mtime, size, text: 'text' in read ? read.text : '' });
          characters += 'text' in read ? read.text.length : 0;
          if (characters >= textAtOnce) await update(null);
        }
      } finally {
        // Also after a cancellation: what has been read is worth keeping.
        if (!this.closed.signal.aborted && signal.aborted) {
          await this.engine.call('senseIndex/update', { folder: this.path, files: [], removed: [], finish: 'write' });
        }
      }
      await update('link');
      this.watch();
    });
  }

  /** Brings the index in step with the files: all of them the first time, then those that have been touched. */
  async catchUp(state: SenseIndexState): Promise<void> {
    if (this.inStep) {
      clearTimeout(this.timer);
      await this.follow();
      await this.working;
      return;
    }
    const plan = await this.plan(state, this.closed.signal);
    if (plan.changed.length + plan.removed.length > 0) await this.carryOut(plan, {});
    this.inStep = true;
  }

  /** Removes the index from the disk. */
  async delete(): Promise<void> {
    this.unwatch();
    await this.inTurn(async () => {
      try {
        await vscode.workspace.fs.delete(this.folder, { recursive: true });
      } catch (error) {
        if (!(error instanceof vscode.FileSystemError && error.code === 'FileNotFound')) throw error;
      }
    });
  }

  dispose(): void {
    this.closed.abort();
    this.unwatch();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.working.then(work);
    this.working = done.catch(() => undefined);
    return done;
  }

  private watch(): void {
    if (this.watcher) return;
    const watcher = vscode.workspace.createFileSystemWatcher(senseIndexFiles());
    const changed = (uri: vscode.Uri): void => {
      this.touched.set(uri.toString(), uri);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.follow(), rest);
    };
    this.watcher = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidChangeWorkspaceFolders(() => { this.inStep = false; }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (affects(change, 'senseIndex.files')) this.unwatch();
      }),
    );
  }

  /** Files are no longer followed; the next search looks at all of them. */
  private unwatch(): void {
    clearTimeout(this.timer);
    this.touched.clear();
    this.watcher?.dispose();
    this.watcher = null;
    this.inStep = false;
  }

  /** Reads again what has changed on the disk. */
  private async follow(): Promise<void> {
    const touched = [...this.touched.values()];
    if (touched.length === 0) return;
    this.touched.clear();
    const { signal } = this.closed;
    try {
      const state = await this.open({ signal });
      if (state.state !== 'ready') return;
      const known = new Map(state.files.map((file) => [file.key, file]));
      // Whether a new file is wanted, or excluded, only a new list tells.
      if (touched.some((uri) => !known.has(uri.toString()))) {
        const plan = await this.plan(state, signal);
        if (plan.changed.length + plan.removed.length > 0) await this.carryOut(plan, { signal });
        return;
      }
      const present = (await Promise.all(touched.map(onDisk))).filter((file) => file !== null);
      await this.carryOut(planUpdate(touched.map((uri) => known.get(uri.toString())!), present), { signal });
    } catch (error) {
      this.log.warn(`Sense index: ${failureDetail(error)}`);
    }
  }
}

async function onDisk(uri: vscode.Uri): Promise<FileOnDisk | null> {
  try {
    const { mtime, size, type } = await vscode.workspace.fs.stat(uri);
    return type & vscode.FileType.File && size <= mostBytes ? { uri, key: uri.toString(), mtime, size } : null;
  } catch {
    return null;
  }
}

function isDirty(key: string): boolean {
  return vscode.workspace.textDocuments.some((document) => document.isDirty && document.uri.toString() === key);
}
