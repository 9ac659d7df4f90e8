import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import { HeadlightError } from '../errors';
import type { LensMethod, LensService } from '../lenses/calls';
import { computes } from './computes';
import { methodsWithoutModel } from './withoutModel';
import { type CallParams, progressType, toResponseError } from './protocol';

/** Answers the lens calls that arrive on a connection. */
export function serve(connection: MessageConnection, service: LensService): void {
  for (const method of [...Object.keys(computes), ...methodsWithoutModel] as LensMethod[]) {
    connection.onRequest(method, (params: CallParams<typeof method>, token: CancellationToken) =>
      answer(connection, service, method, params, token),
    );
  }
}

async function answer<M extends LensMethod>(
  connection: MessageConnection,
  service: LensService,
  method: M,
  { request, progressToken }: CallParams<M>,
  token: CancellationToken,
): Promise<unknown> {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const listener = token.onCancellationRequested(() => {
    controller.abort();
  });
  try {
    return await service.call(method, request, {
      signal: controller.signal,
      onProgress: (progress) => void connection.sendProgress(progressType, progressToken, progress),
    });
  } catch (error) {
    if (error instanceof HeadlightError) throw toResponseError(error);
    // An error that nobody foresaw: the user sees one line, the log has the stack.
    console.error(error);
    throw error;
  } finally {
    listener.dispose();
  }
}
