import type { StopReason } from './contract';
import type { WritingRules } from './rules';

/**
 * Why a text ends with this token, or null where it goes on. A stop token that the model was made to write in the last
 * place there is does not mean that it was done.
 */
export function reasonToStop(id: number, written: number, maxTokens: number, { forcedLast, stop }: WritingRules): StopReason | null {
  const isLast = written >= maxTokens;
  if (stop.includes(id) && !(isLast && forcedLast === id)) return 'stop-token';
  return isLast ? 'limit' : null;
}

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
