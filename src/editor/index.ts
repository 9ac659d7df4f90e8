import * as vscode from 'vscode';
import { registerCommands } from './commands/register';
import { CheckTests } from './checks/checkTests';
import { EngineHost } from './engineHost';
import { HoverProvider, hoverSelector } from './hover/hoverProvider';
import { ReadableTexts } from './hover/readableText';
import { ReadAhead } from './hover/readAhead';
import { KnownModels } from './knownModels';
import { linkedText, linkedTextScheme } from './link/linkedText';
import { HubAccess } from './models/hubAccess';
import { ModelsView } from './models/modelsView';
import { PanelView } from './panel/panelView';
import { subjectForLens } from './panel/subjectForLens';
import { affects, targetSetting } from './settings';
import { StatusBar } from './statusBar';
import { SurpriseMarks } from './surprise/surpriseMarks';
import { Switchboard } from './whatIf/switchboard';
import { SwitchesItem } from './whatIf/switchesItem';

let engine: EngineHost | null = null;

/** Registers everything and starts nothing: the engine and the libraries it needs are loaded at the first question. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Headlight', { log: true });
  const host = new EngineHost(
    {
      entry: context.asAbsolutePath('dist/engine.js'),
      builtInModels: context.asAbsolutePath('models'),
      storage: context.globalStorageUri.fsPath,
    },
    log,
  );
  engine = host;
  const models = new KnownModels(context.asAbsolutePath('models'), context.globalState, () => targetSetting().model);
  const switchboard = new Switchboard(context.globalState, () => targetSetting().model);
  const panel = new PanelView(context.extension, host, models, switchboard, subjectForLens);
  const hub = new HubAccess(context.secrets);
  const library = new ModelsView(context.asAbsolutePath('models'), host, models, hub);
  const surprise = new SurpriseMarks(host, switchboard);
  const texts = new ReadableTexts();
  const readAhead = new ReadAhead(host, texts, switchboard);
  const targetChanged = (): void => {
    host.targetChanged();
    panel.targetChanged();
    library.refresh();
  };
  context.subscriptions.push(
    log,
    host,
    panel,
    library,
    surprise,
    new CheckTests(host),
    new StatusBar(host),
    switchboard,
    new SwitchesItem(switchboard),
    vscode.window.registerUriHandler({ handleUri: (uri) => vscode.commands.executeCommand('headlight.openLink', uri.toString(true)) }),
    vscode.workspace.registerTextDocumentContentProvider(linkedTextScheme, { provideTextDocumentContent: linkedText }),
    readAhead,
    vscode.languages.registerHoverProvider(hoverSelector, new HoverProvider(host, texts, readAhead, switchboard, log)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (affects(change, 'model', 'device')) targetChanged();
      if (affects(change, 'hub')) library.refresh();
      if (affects(change, 'memory')) void host.budgetChanged();
      if (affects(change, 'topK', 'layer')) panel.settingsChanged();
      if (affects(change, 'attention.shadeDocument')) panel.shadingChanged();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(targetChanged),
  );
  registerCommands(context, host, panel, models, library, hub, surprise, switchboard, log);
}

/** Ends the engine's process. */
export async function deactivate(): Promise<void> {
  await engine?.close();
  engine = null;
}
