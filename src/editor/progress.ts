import * as vscode from 'vscode';
import type { CallOptions } from '../lenses/calls';

/** Work that the user waits for is shown after this many milliseconds. */
const patience = 500;

/**
 * Runs work that a command started. Past half a second a notification shows what is going on and can cancel it;
 * the work then rejects with `cancelled`.
 */
export async function withProgress<T>(
  title: string,
  work: (options: Required<CallOptions>) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let report: ((message: string) => void) | undefined;
  let latest = '';
  const working = work({
    signal: controller.signal,
    onProgress: ({ message, done, total }) => {
      latest = done !== undefined && total !== undefined ? `${message} ${done}/${total}` : message;
      report?.(latest);
    },
  });
  const settled = working.then(
    () => undefined,
    () => undefined,
  );
  const slow = await Promise.race([settled.then(() => false), new Promise<true>((resolve) => setTimeout(resolve, patience, true))]);
  if (slow) {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Headlight: ${title}`, cancellable: true },
      async (progress, token) => {
        token.onCancellationRequested(() => {
          controller.abort();
        });
        report = (message) => {
          progress.report({ message });
        };
        if (latest) report(latest);
        await settled;
      },
    );
  }
  return working;
}

/** An abort signal that follows a cancellation token. */
export function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => {
    controller.abort();
  });
  return controller.signal;
}
