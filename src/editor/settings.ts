import * as vscode from 'vscode';
import type { HubChoices } from '../library/hub/hub';
import type { PanelSettings } from '../panel/contract';
import { type CardPart, cardParts } from './hover/card';
import { chooseTarget, type ChosenTarget, type SettingLayers } from './target';

const section = 'headlight';

export interface HoverSettings {
  readonly enabled: boolean;
  readonly onlyOnSelection: boolean;
  readonly maxOccurrences: number;
  /** Parts of the card. */
  readonly show: readonly CardPart[];
  /** Whether words in view are read before they are pointed at. */
  readonly readAhead: boolean;
}

/** The model and the device in force, with regard to workspace trust. */
export function targetSetting(): ChosenTarget {
  return chooseTarget(layersOf('model'), layersOf('device'), vscode.workspace.isTrusted);
}

export function panelSettings(): PanelSettings {
  const settings = vscode.workspace.getConfiguration(section);
  return { topK: clamp(settings.get('topK', 8), 1, 50), layer: Math.max(-1, settings.get('layer', -1)) };
}

export function hoverSettings(): HoverSettings {
  const settings = vscode.workspace.getConfiguration(section);
  return {
    enabled: settings.get('hover.enabled', true),
    onlyOnSelection: settings.get('hover.onlyOnSelection', false),
    maxOccurrences: clamp(settings.get('hover.maxOccurrences', 40), 2, 200),
    show: cardParts.filter((part) => settings.get<readonly string[]>('hover.show', cardParts).includes(part)),
    readAhead: settings.get('hover.readAhead', true),
  };
}

/**
 * The hub as the user set it. Where models come from, and where they go, is the user's own affair: a workspace has no say
 * in it, trusted or not.
 */
export function hubSettings(): HubChoices {
  const settings = vscode.workspace.getConfiguration(section);
  const endpoint = settings.inspect<string>('hub.endpoint')?.globalValue;
  const cache = settings.inspect<string>('hub.cache')?.globalValue;
  const offline = settings.inspect<boolean>('hub.offline')?.globalValue;
  return { ...(endpoint && { endpoint }), ...(cache && { cache }), ...(offline === true && { offline }) };
}

/** Bytes that loaded models may hold together; null for what is usual on this machine. */
export function memoryBudget(): number | null {
  const megabytes = vscode.workspace.getConfiguration(section).get<number>('memory', 0);
  return megabytes > 0 ? megabytes * 2 ** 20 : null;
}

/** Glob of the files that the sense index reads. */
export function senseIndexFiles(): string {
  const glob = vscode.workspace.getConfiguration(section).get<string>('senseIndex.files', '').trim();
  return glob === '' ? '**/*.{md,txt}' : glob;
}

/** Whether the words that a kept token attends to are shaded in the document. */
export function shadesDocument(): boolean {
  return vscode.workspace.getConfiguration(section).get('attention.shadeDocument', true);
}

/** Whether the change concerns one of these settings, named without their section. */
export function affects(change: vscode.ConfigurationChangeEvent, ...names: readonly string[]): boolean {
  return names.some((name) => change.affectsConfiguration(`${section}.${name}`));
}

/** Writes a setting for the user, or for the workspace where that has one of its own, which would win. */
export async function writeSetting(name: string, value: string | boolean): Promise<void> {
  const settings = vscode.workspace.getConfiguration(section);
  const inWorkspace = vscode.workspace.isTrusted && settings.inspect(name)?.workspaceValue !== undefined;
  await settings.update(name, value, inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global);
}

function layersOf(name: string): SettingLayers<string> {
  const settings = vscode.workspace.getConfiguration(section);
  const inspected = settings.inspect<string>(name);
  return {
    effective: settings.get<string>(name),
    personal: inspected?.globalValue ?? inspected?.defaultValue,
    workspace: inspected?.workspaceFolderValue ?? inspected?.workspaceValue,
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.round(value)));
}
