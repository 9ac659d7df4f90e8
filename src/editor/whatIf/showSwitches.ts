import * as vscode from 'vscode';
import type { ChosenSwitches } from '../../lenses/whatIf/chosen';
import { isAllOn } from '../../lenses/whatIf/contract';
import { offItems, offText } from '../../lenses/whatIf/describe';
import { modelName } from '../../library/modelName';
import { panelViewId } from '../panel/panelView';
import type { Switchboard } from './switchboard';

interface Choice extends vscode.QuickPickItem {
  readonly run: () => unknown;
}

/** Lists what is off: choosing one switches it on again; sets that are kept can be taken up. */
export async function showSwitches(switchboard: Switchboard): Promise<void> {
  const { t } = vscode.l10n;
  const { inForce, models } = switchboard.state;
  const off = Object.entries(models).filter(([, model]) => !isAllOn(model.off));
  const set = (model: string, switches: ChosenSwitches) => (): void => { switchboard.set(switches, model); };
  const choices: Choice[] = [
    ...(off.length > 0 ? [{ label: `$(debug-restart) ${t('Switch All On')}`, run: () => { switchboard.allOn(); } }] : []),
    ...off.flatMap(([model, { off: switches }]) =>
      offItems(switches).map(({ text, without }) => ({ label: `$(circle-slash) ${text}`, description: modelName(model), detail: t('Switch on'), run: set(model, without) })),
    ),
    ...(models[inForce]?.named ?? []).map(({ name, switches }) => ({ label: `$(bookmark) ${name}`, description: offText(switches), detail: t('Switch off what this set names'), run: set(inForce, switches) })),
    { label: `$(eye) ${t('Open the Panel')}`, run: () => vscode.commands.executeCommand(`${panelViewId}.focus`) },
  ];
  const placeHolder = off.length > 0 ? t('What is off') : t('All is on. Heads, layers, edges and tokens are switched in the panel.');
  const chosen = await vscode.window.showQuickPick(choices, { placeHolder, matchOnDescription: true });
  await chosen?.run();
}
