import {
  AbstractMessageReader,
  AbstractMessageWriter,
  CancellationTokenSource,
  createMessageConnection,
  Message,
  ResponseError,
  type DataCallback,
  type Disposable,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/browser';
import { HeadlightError, type ErrorCode } from '../src/errors';
import type { AttentionMap } from '../src/lenses/attention/contract';
import type { CallOptions, LensMethod } from '../src/lenses/calls';
import { weightStep } from '../src/packed/planes';
import type { EditorNotifications, PanelMethod, PanelNotifications, PanelRequests, PanelState, SavedFile, Subject } from '../src/panel/contract';
import type { PackedMap } from '../src/panel/packedMap';
import { unpackWeights } from './unpackWeights';

/** The part of VS Code's webview API that the panel uses. */
export interface WebviewApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

class WindowReader extends AbstractMessageReader implements MessageReader {
  listen(callback: DataCallback): Disposable {
    const listener = ({ data }: MessageEvent<unknown>): void => {
      const message = data as Message | undefined;
      if (Message.isRequest(message) || Message.isResponse(message) || Message.isNotification(message)) callback(message);
    };
    window.addEventListener('message', listener);
    return { dispose: () => { window.removeEventListener('message', listener); } };
  }
}

class WebviewWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly api: WebviewApi) {
    super();
  }

  write(message: Message): Promise<void> {
    this.api.postMessage(message);
    return Promise.resolve();
  }

  end(): void {
    // Nothing is buffered.
  }
}

/** The editor's `HeadlightError` again, where the response carries its code. */
function revived(error: unknown): unknown {
  if (!(error instanceof ResponseError)) return error;
  const data = error.data as { readonly code?: ErrorCode } | undefined;
  return data?.code === undefined ? error : new HeadlightError(data.code, error.message, { cause: error });
}

/** A map that travelled packed, as it was asked for. */
async function unpacked(result: object): Promise<object> {
  if (!('packed' in result)) return result;
  const { packed, ...map } = result as PackedMap;
  return { ...map, weights: await unpackWeights(packed), step: weightStep } satisfies AttentionMap;
}

/** The editor as the panel sees it. */
export interface EditorConnection {
  /** Whether an engine answers: not in a page of its own, which holds the attention of one text and nothing else. */
  readonly live: boolean;
  /** Says what the page remembers that it showed, and asks for the editor's state. */
  ready(remembered: Subject | null): Promise<PanelState>;
  /** Asks a lens; rejects with an `Error` whose message is meant for the reader. */
  call<M extends LensMethod>(method: M, request: PanelRequests[M][0], options?: CallOptions): Promise<PanelRequests[M][1]>;
  /** Asks the editor itself; rejects as `call` does. */
  ask<M extends PanelMethod>(method: M, request: PanelRequests[M][0], options?: Pick<CallOptions, 'signal'>): Promise<PanelRequests[M][1]>;
  /** Asks where to and writes; answers where, or null. */
  save(file: SavedFile): Promise<string | null>;
  notify<N extends keyof PanelNotifications>(name: N, value: PanelNotifications[N]): void;
  on<N extends keyof EditorNotifications>(name: N, listener: (value: EditorNotifications[N]) => void): void;
}

/** Speaks `src/panel/contract.ts` as JSON-RPC over the webview's `postMessage`. */
export function connectToEditor(api: WebviewApi): EditorConnection {
  const connection = createMessageConnection(new WindowReader(), new WebviewWriter(api));
  const followed = new Map<number, Required<CallOptions>['onProgress']>();
  let calls = 0;
  let listening = false;
  const ask = async <M extends keyof PanelRequests>(method: M, request: PanelRequests[M][0], options?: Pick<CallOptions, 'signal'>): Promise<PanelRequests[M][1]> => {
    const cancellation = new CancellationTokenSource();
    const cancel = (): void => { cancellation.cancel(); };
    options?.signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await connection.sendRequest(method, request, cancellation.token);
    } catch (error) {
      throw revived(error);
    } finally {
      options?.signal?.removeEventListener('abort', cancel);
      cancellation.dispose();
    }
  };
  const tell = (progress: EditorNotifications['editor/progress']): void => {
    if (progress.call !== undefined) followed.get(progress.call)?.(progress);
  };
  return {
    live: true,
    ready: (remembered) => {
      // Listeners are registered by now, so that nothing that follows the answer is lost.
      if (!listening) connection.listen();
      listening = true;
      return connection.sendRequest<PanelState>('panel/ready', remembered);
    },
    call: async (method, request, options) => {
      const call = calls++;
      if (options?.onProgress) followed.set(call, options.onProgress);
      try {
        const asked = options?.onProgress ? { ...request, call } : request;
        return (await unpacked(await ask(method, asked, options))) as PanelRequests[typeof method][1];
      } finally {
        followed.delete(call);
      }
    },
    ask,
    save: (file) => ask('panel/save', file),
    notify: (name, value) => void connection.sendNotification(name, value),
    on: (name, listener) => {
      connection.onNotification(name, (value: EditorNotifications[typeof name]) => {
        if (name === 'editor/progress') tell(value as EditorNotifications['editor/progress']);
        listener(value);
      });
    },
  };
}
