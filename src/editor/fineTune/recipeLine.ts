/** The half of transfer learning that a step belongs to: the head alone, or all layers. */
export type Phase = 'frozen' | 'unfrozen';

/** What the recipe says while it works. */
export type RecipeLine =
  | { readonly kind: 'step'; readonly phase: Phase; readonly step: number; readonly of: number; readonly loss: number }
  | { readonly kind: 'message'; readonly message: string; readonly step: number | null; readonly of: number | null }
  | ({ readonly kind: 'done' } & FineTuned);

/** What a run has made. */
export interface FineTuned {
  /** Absolute path of the new model folder. */
  readonly folder: string;
  /** The classifier with the encoder as it was; null where none was asked for. */
  readonly frozenFolder: string | null;
  /** Accuracies on the held-out lines, 0–1. */
  readonly frozen: number;
  readonly unfrozen: number;
  readonly heldOut: number;
}

/** One line of the recipe's standard output; null for what is none of its own, as a library's remark. */
export function readRecipeLine(line: string): RecipeLine | null {
  const said = objectOf(line);
  if (said === null) return null;
  const { done, frozen, frozen_folder: frozenFolder, held_out: heldOut, loss, message, of, phase, step, unfrozen } = said;
  if (typeof done === 'string' && isNumber(frozen) && isNumber(unfrozen) && isNumber(heldOut)) {
    return { kind: 'done', folder: done, frozenFolder: typeof frozenFolder === 'string' ? frozenFolder : null, frozen, unfrozen, heldOut };
  }
  if (typeof message === 'string') return { kind: 'message', message, step: isNumber(step) ? step : null, of: isNumber(of) ? of : null };
  if ((phase === 'frozen' || phase === 'unfrozen') && isNumber(step) && isNumber(of) && isNumber(loss)) return { kind: 'step', phase, step, of, loss };
  return null;
}

function objectOf(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
