/** Every failure that a user can meet, by cause. The message of the error says what to do about it. */
export type ErrorCode =
  | 'empty-text'
  | 'text-too-long'
  | 'only-unknown-characters'
  | 'word-not-found'
  | 'out-of-range'
  | 'no-mask-token'
  | 'no-masked-lm-head'
  | 'no-next-sentence-head'
  | 'no-classifier'
  | 'cannot-write'
  | 'nothing-masked'
  | 'model-missing'
  | 'model-unreadable'
  | 'model-broken'
  | 'model-untrusted'
  | 'cannot-instrument'
  | 'cannot-intervene'
  | 'models-differ'
  | 'device-unavailable'
  | 'out-of-memory'
  | 'run-failed'
  | 'file-not-written'
  | 'hub-denied'
  | 'hub-missing'
  | 'hub-offline'
  | 'hub-refused'
  | 'hub-unreachable'
  | 'hub-unsuited'
  | 'download-broken'
  | 'disk-full'
  | 'no-folder'
  | 'index-unusable'
  | 'data-unusable'
  | 'fine-tuning-failed'
  | 'link-unreadable'
  | 'engine-died'
  | 'engine-hung'
  | 'cancelled';

/** An error meant for the user: `message` is a whole sentence that says what happened and what to do. */
export class HeadlightError extends Error {
  override readonly name = 'HeadlightError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** True for the rejection that follows a cancelled request, which is never shown to the user. */
export function isCancelled(error: unknown): boolean {
  return error instanceof HeadlightError && error.code === 'cancelled';
}
