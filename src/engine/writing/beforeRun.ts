import { throwIfCancelled } from '../cancellation';

/** A run blocks this process: whoever wants to cancel has to be heard before it. */
export async function beforeRun(signal: AbortSignal): Promise<void> {
  await new Promise(setImmediate);
  throwIfCancelled(signal);
}
