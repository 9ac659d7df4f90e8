import { NotificationType, NotificationType0, ProgressType, RequestType0, ResponseError } from 'vscode-jsonrpc/node';
import { type ErrorCode, HeadlightError } from '../errors';
import type { LensMethod, LensProgress, LensRequest } from '../lenses/calls';
import type { Target } from '../lenses/model';
import type { HeldModel } from './modelCache';

/**
 * What client and engine process say to each other beside lens calls, which travel under their own names with
 * `CallParams`. JSON-RPC 2.0 messages over Node's IPC channel, advanced serialization.
 */

/** Given to the engine process as JSON in its first argument. */
export interface EngineSetup {
  /** Folder of the models that come with the extension. */
  readonly builtInModels: string;
  /** Folder that the engine may keep files in (device choices); null to keep none. */
  readonly storage: string | null;
}

/** Parameters of a lens call. */
export interface CallParams<M extends LensMethod> {
  readonly request: LensRequest<M>;
  /** Token under which `$/progress` notifications of this call are sent. */
  readonly progressToken: number;
}

/** Engine → client, once: requests are answered from now on. */
export const readyNotification = new NotificationType0('headlight/ready');

/** Engine → client: a model starts or has ended loading; the process answers nothing meanwhile. */
export const loadingNotification = new NotificationType<{ readonly target: Target; readonly loading: boolean }>(
  'headlight/loading',
);

/** Engine → client: the models that are in memory from now on. */
export const heldNotification = new NotificationType<readonly HeldModel[]>('headlight/held');

/** Client → engine: how many bytes loaded models may hold; null for what is usual. */
export const budgetNotification = new NotificationType<number | null>('headlight/budget');

/** Client → engine: free the memory of all models. */
export const unloadRequest = new RequestType0<null, void>('headlight/unload');

export const progressType = new ProgressType<LensProgress>();

/** JSON-RPC code of a response that carries a `HeadlightError`; its `data` holds the error's own code. */
const headlightErrorCode = 1;

interface ErrorData {
  readonly code: ErrorCode;
}

/** The response error that stands for `error` between the processes. */
export function toResponseError(error: HeadlightError): ResponseError<ErrorData> {
  return new ResponseError(headlightErrorCode, error.message, { code: error.code });
}

/** Revives what `toResponseError` made; anything else stays what it is. */
export function fromResponseError(error: unknown): unknown {
  return error instanceof ResponseError && error.code === headlightErrorCode
    ? new HeadlightError((error.data as ErrorData).code, error.message)
    : error;
}
