import { freemem, totalmem } from 'node:os';
import { HeadlightError } from '../errors';

const gigabyte = 2 ** 30;

/** Bytes that loaded models may hold where the reader has set nothing: a quarter of the machine's memory, at most 4 GB. */
export function usualBudget(): number {
  return Math.min(totalmem() / 4, 4 * gigabyte);
}

/**
 * Refuses what cannot fit before it is loaded: the system would end the process later, or slow down everything.
 * @param bytes of the graph and its weights, which the runtime copies
 * @throws HeadlightError `out-of-memory`
 */
export function requireMemory(bytes: number): void {
  const free = availableMemory();
  if (bytes <= free) return;
  throw new HeadlightError(
    'out-of-memory',
    `The model needs about ${inMegabytes(bytes)} MB, and only ${inMegabytes(free)} MB of memory are free. Run "Headlight: Unload Models", close other programs, or choose a smaller model.`,
  );
}

/** Infinity where the system does not say what it could make free. */
function availableMemory(): number {
  if (process.platform !== 'linux') return Infinity;
  // Of the memory that its container may have, where Node knows it (20.13 and later).
  const known = (process as { readonly availableMemory?: () => number }).availableMemory?.();
  return known ?? freemem();
}

function inMegabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
