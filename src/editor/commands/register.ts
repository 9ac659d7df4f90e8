import * as vscode from 'vscode';
import { isCancelled } from '../../errors';
import type { EngineHost } from '../engineHost';
import { failureDetail, showFailure } from '../failures';
import type { KnownModels } from '../knownModels';
import type { PanelView } from '../panel/panelView';
import { hoverSettings, writeSetting } from '../settings';
import type { SurpriseMarks } from '../surprise/surpriseMarks';
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
  surprise: SurpriseMarks,
  log: vscode.LogOutputChannel,
): void {
  const lenses = new LensCommands(panel);
  const engines = new EngineCommands(engine, models);
  const bodies: Record<string, CommandBody> = {
    showAttention: () => lenses.showAttention(activeText()),
    predict: () => lenses.predict(activeText()),
    showSenses: () => lenses.showSenses(activeText()),
    nextSentence: () => lenses.nextSentence(activeText()),
    shadeSurprise: () => surprise.shade(activeText()),
    shadeSurpriseAgain: () => surprise.again(),
    clearSurprise: () => {
      surprise.clear();
    },
    chooseModel: () => engines.chooseModel(),
    chooseDevice: () => engines.chooseDevice(),
    restartEngine: () => engines.restart(),
    openLesson: () => openLesson(context),
    openLink: async (argument) => {
      const { openLink } = await import('../link/openLink');
      await openLink(argument, { panel, models, extension: context.extension.id });
    },
    showLog: () => {
      log.show();
    },
    clearAttended: () => {
      panel.clearAttended();
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
