import * as vscode from 'vscode';
import { HeadlightError, isCancelled } from '../../errors';
import type { LensService } from '../../lenses/calls';
import { checkExtension, type CheckFault, longestCheckFile, type PlacedExpectation } from '../../lenses/checks/contract';
import { parseChecks, type ReadCheckFile } from '../../lenses/checks/parse';
import { expectationText, measuredText } from '../../lenses/checks/print';
import { type CheckResult, runChecks, shownValue } from '../../lenses/checks/run';
import { LinePlaces } from '../../text/linePlaces';
import type { TextRange } from '../../text/range';
import { excerpt, visibleLine } from '../../text/visibleText';
import type { EngineHost } from '../engineHost';
import { failureMessage } from '../failures';
import { signalOf } from '../progress';
import { CheckFixes, hashCommand, type MeasuredChecks } from './checkFixes';
import { checkModel } from './checkModel';

const pattern = `**/*${checkExtension}`;
export const checkLanguage = 'headlight-check';
/** Bytes of a file that are read: characters of a text that is just short enough may take four. */
const largestFile = 4 * longestCheckFile;

/** A file as its tests were made from it. */
interface TestedFile {
  readonly read: ReadCheckFile;
  /** By id of their test. */
  readonly expectations: ReadonlyMap<string, PlacedExpectation>;
  /** What the latest run measured of tests that failed, by their id, which says all of an expectation. */
  readonly failed: Map<string, number>;
}

/** Files of checks in VS Code's Testing view: each expectation is a test, and what cannot be understood is underlined. */
export class CheckTests implements vscode.Disposable, MeasuredChecks {
  private readonly controller = vscode.tests.createTestController('headlight.checks', vscode.l10n.t('Headlight Checks'));
  private readonly problems = vscode.languages.createDiagnosticCollection(checkLanguage);
  private readonly files = new WeakMap<vscode.TestItem, TestedFile>();
  private readonly subscriptions: Pick<vscode.Disposable, 'dispose'>[] = [this.controller, this.problems];
  private watched = false;

  constructor(private readonly engine: EngineHost) {
    const { t } = vscode.l10n;
    const profile = (name: string, anyModel: boolean): vscode.TestRunProfile =>
      this.controller.createRunProfile(name, vscode.TestRunProfileKind.Run, (request, token) => this.run(request, token, anyModel), !anyModel);
    this.subscriptions.push(
      vscode.languages.registerCodeActionsProvider({ language: checkLanguage }, new CheckFixes(this), CheckFixes.metadata),
      hashCommand(engine),
      profile(t('Run Checks'), false),
      profile(t('Run on Any Model'), true),
      vscode.workspace.onDidOpenTextDocument((document) => { this.documentRead(document); }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => { this.documentRead(document); }),
      vscode.workspace.onDidCloseTextDocument(({ languageId, uri }) => { if (languageId === checkLanguage) void this.fileRead(uri); }),
    );
    this.controller.resolveHandler = async (item) => {
      if (item) await this.fileRead(item.uri!);
      else await this.discover();
    };
    this.controller.refreshHandler = () => this.discover();
    for (const document of vscode.workspace.textDocuments) this.documentRead(document);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  failedValue(uri: vscode.Uri, { range: { start } }: PlacedExpectation): number | null {
    const item = this.controller.items.get(uri.toString());
    const tested = item && this.files.get(item);
    if (!tested) return null;
    const [id] = [...tested.expectations].find(([, own]) => own.range.start === start) ?? [];
    return id === undefined ? null : (tested.failed.get(id) ?? null);
  }

  /** Finds all files of the workspace, and follows them from now on. */
  private async discover(): Promise<void> {
    if (!this.watched) {
      this.watched = true;
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      watcher.onDidCreate((uri) => this.fileRead(uri));
      watcher.onDidChange((uri) => this.fileRead(uri));
      watcher.onDidDelete((uri) => { this.forget(uri); });
      this.subscriptions.push(watcher);
    }
    const found = await vscode.workspace.findFiles(pattern, '**/node_modules/**');
    await Promise.all(found.map((uri) => this.fileRead(uri)));
  }

  private documentRead(document: vscode.TextDocument): void {
    if (document.languageId !== checkLanguage || !['file', 'untitled', 'vscode-remote', 'vscode-vfs', 'vscode-test-web'].includes(document.uri.scheme)) return;
    this.sourceRead(document.uri, document.getText());
  }

  /** Reads a file as it stands in its editor, or else on the disk. */
  private async fileRead(uri: vscode.Uri): Promise<void> {
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString() && !document.isClosed);
    if (open) {
      this.sourceRead(uri, open.getText());
      return;
    }
    try {
      const { size } = await vscode.workspace.fs.stat(uri);
      // Longer ones are refused by their length, without being read.
      this.sourceRead(uri, size > largestFile ? ' '.repeat(longestCheckFile + 1) : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    } catch {
      this.forget(uri);
    }
  }

  private forget(uri: vscode.Uri): void {
    this.controller.items.delete(uri.toString());
    this.problems.delete(uri);
  }

  private sourceRead(uri: vscode.Uri, source: string): void {
    const read = parseChecks(source);
    const places = new LinePlaces(source);
    const rangeOf = ({ end, start }: TextRange): vscode.Range => {
      const [from, to] = [places.at(start), places.at(end)];
      return new vscode.Range(from.line, from.column, to.line, to.column);
    };
    const id = uri.toString();
    const file = this.controller.items.get(id) ?? this.controller.createTestItem(id, vscode.workspace.asRelativePath(uri), uri);
    this.controller.items.add(file);
    this.problems.set(uri, read.faults.map((fault) => diagnosticOf(fault, rangeOf)));
    const expectations = new Map<string, PlacedExpectation>();
    const tests = (read.file?.texts ?? []).flatMap((text) => text.expectations.map((expectation) => {
      const label = expectationText(expectation);
      // The same of the same text again is another test; lines that are added before it change nothing.
      let own = `${text.text}\n${text.second ?? ''}\n${label}`;
      while (expectations.has(own)) own += '\n';
      expectations.set(own, expectation);
      const test = this.controller.createTestItem(own, excerpt(visibleLine(label), 120), uri);
      test.description = excerpt(visibleLine(text.text), 60);
      test.range = rangeOf(expectation.range);
      test.sortText = String(expectation.range.start).padStart(8, '0');
      return test;
    }));
    file.children.replace(tests);
    file.error = errorOf(read.faults.length);
    const failed = new Map([...(this.files.get(file)?.failed ?? [])].filter(([own]) => expectations.has(own)));
    this.files.set(file, { read, expectations, failed });
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken, anyModel: boolean): Promise<void> {
    const { exclude = [], include } = request;
    const run = this.controller.createTestRun(request);
    const signal = AbortSignal.any([signalOf(token), signalOf(run.token)]);
    if (!include) await this.discover();
    const wanted = new Map<vscode.TestItem, Set<vscode.TestItem>>();
    for (const item of include ?? itemsOf(this.controller.items)) {
      const file = item.parent ?? item;
      if (exclude.includes(file)) continue;
      const tests = (item.parent ? [item] : itemsOf(item.children)).filter((test) => !exclude.includes(test));
      wanted.set(file, new Set([...(wanted.get(file) ?? []), ...tests]));
    }
    for (const tests of wanted.values()) for (const test of tests) run.enqueued(test);
    try {
      for (const [file, tests] of wanted) {
        if (signal.aborted) break;
        await this.runFile(file, tests, run, signal, anyModel);
      }
    } catch (error) {
      if (!isCancelled(error)) run.appendOutput(`${failureMessage(error)}\r\n`);
    } finally {
      run.end();
    }
  }

  private async runFile(file: vscode.TestItem, tests: ReadonlySet<vscode.TestItem>, run: vscode.TestRun, signal: AbortSignal, anyModel: boolean): Promise<void> {
    const tested = this.files.get(file);
    if (!tested?.read.file) {
      const [fault] = tested?.read.faults ?? [];
      run.errored(file, new vscode.TestMessage(fault?.message ?? vscode.l10n.t('The file cannot be read.')));
      return;
    }
    const testOf = new Map<PlacedExpectation, vscode.TestItem>();
    for (const test of tests) {
      const expectation = tested.expectations.get(test.id);
      if (expectation) testOf.set(expectation, test);
    }
    const service: LensService = {
      call: (method, { device, model, ...request }, options) => this.engine.call(method, request as never, { ...options, device, model }),
    };
    let since = Date.now();
    try {
      const model = checkModel(tested.read.file.model.value, file.uri!);
      run.appendOutput(`${file.label} (${model})\r\n`);
      await runChecks(tested.read.file, service, { model, device: 'cpu' }, {
        signal, anyModel,
        only: (expectation) => testOf.has(expectation),
        onStart: (expectation) => {
          since = Date.now();
          run.started(testOf.get(expectation)!);
        },
        onResult: (expectation, _, result) => {
          const { id } = testOf.get(expectation)!;
          if (result.status === 'failed') tested.failed.set(id, result.measured);
          else tested.failed.delete(id);
          report(run, testOf.get(expectation)!, expectation, result, Date.now() - since);
        },
      });
    } catch (error) {
      if (isCancelled(error) || !(error instanceof HeadlightError)) throw error;
      for (const test of tests) run.errored(test, messageAt(test, error.message));
    }
  }
}

function report(run: vscode.TestRun, test: vscode.TestItem, expectation: PlacedExpectation, result: CheckResult, duration: number): void {
  run.appendOutput(`  ${result.status}  ${test.label}: ${visibleLine(result.message)}\r\n`, undefined, test);
  switch (result.status) {
    case 'passed':
      run.passed(test, duration);
      return;
    case 'failed': {
      const actual = `${measuredText(expectation.measured)} = ${shownValue(result.measured)}`;
      const message = vscode.TestMessage.diff(result.message, expectationText(expectation), actual);
      message.location = new vscode.Location(test.uri!, test.range!);
      run.failed(test, message, duration);
      return;
    }
    case 'error':
      run.errored(test, messageAt(test, result.message), duration);
  }
}

function messageAt(test: vscode.TestItem, text: string): vscode.TestMessage {
  const message = new vscode.TestMessage(text);
  if (test.range) message.location = new vscode.Location(test.uri!, test.range);
  return message;
}

function errorOf(faults: number): string | undefined {
  const { t } = vscode.l10n;
  if (faults === 0) return undefined;
  return faults === 1 ? t('One line cannot be understood; see Problems.') : t('{0} lines cannot be understood; see Problems.', faults);
}

function itemsOf(collection: vscode.TestItemCollection): vscode.TestItem[] {
  return Array.from(collection, ([, item]) => item);
}

function diagnosticOf(fault: CheckFault, rangeOf: (range: TextRange) => vscode.Range): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(fault), fault.message, vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'Headlight';
  return diagnostic;
}
