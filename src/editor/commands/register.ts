import * as vscode from 'vscode';
import { isCancelled } from '../../errors';
import { ComparisonDocuments, comparisonScheme } from '../devices/comparisonDocument';
import type { EngineHost } from '../engineHost';
import { failureDetail, showFailure } from '../failures';
import type { FineTuning } from '../fineTune/fineTuning';
import type { KnownModels } from '../knownModels';
import type { HubAccess } from '../models/hubAccess';
import type { ModelCommands } from '../models/modelCommands';
import type { ModelNode, ModelsView, UnfinishedNode } from '../models/modelsView';
import type { PanelView } from '../panel/panelView';
import type { SenseSearch } from '../senseSearch/senseSearch';
import { hoverSettings, writeSetting } from '../settings';
import type { SurpriseMarks } from '../surprise/surpriseMarks';
import type { Switchboard } from '../whatIf/switchboard';
import { activeText, linkedText } from './activeText';
import { EngineCommands } from './engineCommands';
import { LensCommands } from './lensCommands';
import { openLesson } from './openLesson';

type CommandBody = (argument: unknown) => unknown;

/** Registers every command of package.json; a failure of any is told to the user once. */
export function registerCommands(
  context: vscode.ExtensionContext,
  engine: EngineHost,
  panel: PanelView,
  models: KnownModels,
  library: ModelsView,
  hub: HubAccess,
  surprise: SurpriseMarks,
  switchboard: Switchboard,
  log: vscode.LogOutputChannel,
): void {
  const lenses = new LensCommands(panel);
  const comparisons = new ComparisonDocuments();
  context.subscriptions.push(comparisons, vscode.workspace.registerTextDocumentContentProvider(comparisonScheme, comparisons));
  const engines = new EngineCommands(engine, models, comparisons);
  const modelCommands = lazyModelCommands(models, library, hub, engines, log);
  const senseSearch = lazySenseSearch(context, engine, log);
  const fineTuning = lazyFineTuning(context, models, engines);
  const bodies: Record<string, CommandBody> = {
    showAttention: () => lenses.showAttention(activeText()),
    predict: () => lenses.predict(activeText()),
    showSenses: () => lenses.showSenses(activeText()),
    nextSentence: () => lenses.nextSentence(activeText()),
    translate: () => lenses.translate(activeText()),
    compareTranslators: () => lenses.compareTranslators(activeText()),
    writeOn: () => lenses.writeOn(activeText()),
    classify: () => lenses.classify(activeText()),
    classifyLines: () => lenses.classifyLines(activeText()),
    trainClassifier: () => lenses.trainClassifier(activeText()),
    showEvidence: () => lenses.showEvidence(activeText()),
    shadeSurprise: () => surprise.shade(activeText()),
    shadeSurpriseAgain: () => surprise.again(),
    clearSurprise: () => {
      surprise.clear();
    },
    chooseModel: () => engines.chooseModel(),
    inspectModel: async (argument) => {
      const { inspectModel } = await import('../inspection/inspectModel');
      await inspectModel(engine, models, (argument as ModelNode | undefined)?.model.id);
    },
    chooseDevice: () => engines.chooseDevice(),
    unloadModels: () => engines.unload(),
    compareDevices: () => engines.compareDevices(),
    compareModels: async (argument) => {
      const { compareModels } = await import('../drift/compareModels');
      await compareModels(panel, models, argument);
    },
    restartEngine: () => engines.restart(),
    downloadModel: async () => (await modelCommands()).download(),
    addModelFolder: async (argument) => (await modelCommands()).addFolder(argument),
    hubSignIn: () => hub.signIn(),
    hubSignOut: () => hub.signOut(),
    'models.use': async (node) => (await modelCommands()).useNode(node as ModelNode),
    'models.resume': async (node) => (await modelCommands()).resume(node as UnfinishedNode),
    'models.remove': async (node) => (await modelCommands()).remove(node as ModelNode | UnfinishedNode),
    'models.reveal': async (node) => (await modelCommands()).reveal(node as ModelNode),
    'models.refresh': () => {
      library.refresh();
    },
    openLesson: () => openLesson(context),
    tryPatching: async () => lenses.tryPatching(await openLesson(context)),
    openLink: async (argument) => {
      const { openLink } = await import('../link/openLink');
      await openLink(argument, { panel, models, extension: context.extension.id });
    },
    fineTune: async () => (await fineTuning()).start(activeText().document),
    findSense: async () => (await senseSearch()).find(activeText(), 'same'),
    findSenseInOtherWords: async () => (await senseSearch()).find(activeText(), 'others'),
    buildSenseIndex: async () => (await senseSearch()).build(),
    deleteSenseIndex: async () => (await senseSearch()).deleteIndex(),
    'senseSearch.byFile': async () => (await senseSearch()).group(true),
    'senseSearch.byRank': async () => (await senseSearch()).group(false),
    'senseSearch.sameWord': async () => (await senseSearch()).again('same'),
    'senseSearch.otherWords': async () => (await senseSearch()).again('others'),
    'senseSearch.clear': async () => (await senseSearch()).clear(),
    saveAsCheck: () => {
      panel.saveAsCheck();
    },
    showLog: () => {
      log.show();
    },
    switchAllOn: () => {
      switchboard.allOn();
    },
    showSwitches: async () => {
      const { showSwitches } = await import('../whatIf/showSwitches');
      await showSwitches(switchboard);
    },
    clearAttended: () => {
      panel.clearAttended();
    },
    clearEvidence: () => {
      panel.clearEvidence();
    },
    toggleHover: () => writeSetting('hover.enabled', !hoverSettings().enabled),
    'hover.attention': async (argument) => lenses.showAttention(await linkedText(argument)),
    'hover.predict': async (argument) => lenses.predict(await linkedText(argument)),
    'hover.senses': async (argument) => lenses.showSenses(await linkedText(argument)),
  };
  for (const [name, body] of Object.entries(bodies)) {
    context.subscriptions.push(vscode.commands.registerCommand(`headlight.${name}`, guarded(body, log)));
  }
}

/** The commands about the library, which are loaded at their first use. */
function lazyModelCommands(models: KnownModels, view: ModelsView, hub: HubAccess, engines: EngineCommands, log: vscode.LogOutputChannel): () => Promise<ModelCommands> {
  let loading: Promise<ModelCommands> | undefined;
  return () => (loading ??= import('../models/modelCommands').then((module) => new module.ModelCommands(models, view, hub, (model) => engines.use(model), log)));
}

/** Search by sense, which is loaded at its first use. */
function lazySenseSearch(context: vscode.ExtensionContext, engine: EngineHost, log: vscode.LogOutputChannel): () => Promise<SenseSearch> {
  let loading: Promise<SenseSearch> | undefined;
  return () =>
    (loading ??= import('../senseSearch/senseSearch').then((module) => {
      const search = new module.SenseSearch(engine, context, log);
      context.subscriptions.push(search, vscode.commands.registerCommand('headlight.senseSearch.open', search.open));
      return search;
    }));
}

/** Fine-tuning, which is loaded at its first use. */
function lazyFineTuning(context: vscode.ExtensionContext, models: KnownModels, engines: EngineCommands): () => Promise<FineTuning> {
  let loading: Promise<FineTuning> | undefined;
  return () =>
    (loading ??= import('../fineTune/fineTuning').then((module) => {
      const fineTuning = new module.FineTuning(context, models, (model) => engines.use(model));
      context.subscriptions.push(fineTuning);
      return fineTuning;
    }));
}

function guarded(body: CommandBody, log: vscode.LogOutputChannel): CommandBody {
  const run = async (argument: unknown): Promise<void> => {
    try {
      await body(argument);
    } catch (error) {
      if (!isCancelled(error)) log.error(failureDetail(error));
      // Not awaited: the command has ended, whether or not anyone reads the message.
      void showFailure(error, () => run(argument));
    }
  };
  return run;
}
