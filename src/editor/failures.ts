import * as vscode from 'vscode';
import { HeadlightError, isCancelled } from '../errors';

/** What a failed command may offer beside its message. */
type Remedy = readonly [title: string, run: () => unknown];

/** Causes that another try of the same thing can mend. */
const transient = new Set(['engine-died', 'engine-hung', 'device-unavailable', 'out-of-memory', 'file-not-written', 'hub-unreachable', 'download-broken', 'disk-full']);
/** Nothing failed: the command needs other text. */
const aboutInput = new Set(['empty-text', 'word-not-found', 'out-of-range', 'nothing-masked', 'text-too-long', 'link-unreadable', 'no-folder', 'models-differ']);
const aboutModel = new Set([
  'model-missing', 'model-unreadable', 'model-broken', 'model-untrusted', 'no-mask-token', 'no-masked-lm-head',
  'no-next-sentence-head', 'no-classifier', 'cannot-instrument', 'device-unavailable', 'out-of-memory', 'run-failed',
]);

/**
 * Tells the user about a failure, once, with what to do about it. Cancelled requests and calls that another window
 * of work replaced are not failures.
 */
export async function showFailure(error: unknown, retry: () => unknown): Promise<void> {
  if (isCancelled(error)) return;
  const { t } = vscode.l10n;
  const code = error instanceof HeadlightError ? error.code : null;
  const remedies: Remedy[] = [
    ...(code === null || transient.has(code) ? [[t('Retry'), retry] as const] : []),
    ...(code !== null && aboutModel.has(code)
      ? [[t('Choose Model'), () => vscode.commands.executeCommand('headlight.chooseModel')] as const]
      : []),
    ...(code === 'hub-denied' ? [[t('Sign In'), () => vscode.commands.executeCommand('headlight.hubSignIn')] as const] : []),
    ...(code === 'index-unusable'
      ? [[t('Build Sense Index'), () => vscode.commands.executeCommand('headlight.buildSenseIndex')] as const]
      : []),
    ...(code === null || transient.has(code) || aboutModel.has(code)
      ? [[t('Show Log'), () => vscode.commands.executeCommand('headlight.showLog')] as const]
      : []),
  ];
  const show = code !== null && aboutInput.has(code) ? vscode.window.showInformationMessage : vscode.window.showErrorMessage;
  const chosen = await show(failureMessage(error), ...remedies.map(([title]) => title));
  await remedies.find(([title]) => title === chosen)?.[1]();
}

/** A failure for the log: what was foreseen in one line, anything else with its stack. */
export function failureDetail(error: unknown): string {
  if (error instanceof HeadlightError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A failure in one sentence for the user; what nobody foresaw points to the log. */
export function failureMessage(error: unknown): string {
  if (error instanceof HeadlightError) return error.message;
  const cause = error instanceof Error ? error.message : String(error);
  return vscode.l10n.t('An error that was not foreseen: {0}. Try again, or look into the log.', cause);
}
