import * as vscode from 'vscode';
import { formatBytes } from '../../picture/formatBytes';
import type { ModelChoice } from '../../library/hub/choices';
import { downloadModel } from '../../library/hub/downloadModel';
import type { Hub } from '../../library/hub/hub';
import type { Repository } from '../../library/hub/repository';
import { signalOf } from '../progress';

/** The pace is told over so many milliseconds, and the notification changed as often. */
const beat = 500;

/**
 * Downloads with a notification that says how far it is and can cancel it.
 * @returns the path of the graph that names the model
 * @throws HeadlightError as `downloadModel`
 */
export function runDownload(hub: Hub, repository: Repository, choice: ModelChoice): Thenable<string> {
  const { t } = vscode.l10n;
  const title = t('Headlight: downloading {0} ({1})', repository.id, choice.label);
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (progress, token) => {
    let told = { at: Date.now(), done: 0 };
    let shown = 0;
    return downloadModel(hub, repository, choice, {
      signal: signalOf(token),
      onProgress: (done, total) => {
        const at = Date.now();
        if (at - told.at < beat && done < total) return;
        const pace = (1000 * Math.max(0, done - told.done)) / Math.max(1, at - told.at);
        const percent = Math.floor((100 * done) / total);
        progress.report({ increment: percent - shown, message: t('{0} of {1}, {2}/s', formatBytes(done), formatBytes(total), formatBytes(pace)) });
        told = { at, done };
        shown = percent;
      },
    });
  });
}
