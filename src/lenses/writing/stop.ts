import type { StopReason } from './contract';

/** Why nothing more was written, for the reader; null where the model stopped by itself. */
export function explainStop(stopped: StopReason, written: number, window: number): string | null {
  switch (stopped) {
    case 'stop-token':
      return null;
    case 'limit':
      return `The model had not stopped after ${written} tokens, the most that it was allowed to write.`;
    case 'window':
      return `The model's window of ${window} tokens is full, so that it can write no further.`;
  }
}
