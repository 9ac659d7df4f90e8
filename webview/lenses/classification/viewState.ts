import { occlusionMethods, type OcclusionMethod } from '../../../src/lenses/attribution/method';

/** What the words of the text are shaded by: what leaving them out does, attention of all heads, or of the head that agrees best. */
export const shadings = ['evidence', 'mean', 'best'] as const;
export type Shading = (typeof shadings)[number];

export const lineOrders = ['document', 'unsure', 'wrong'] as const;
export type LineOrder = (typeof lineOrders)[number];

/** What the classification view remembers while it is hidden. */
export interface ClassificationViewState {
  /** Name of the class that evidence is wanted for; null for the one that is found. */
  readonly of: string | null;
  readonly method: OcclusionMethod;
  readonly shading: Shading;
  readonly table: boolean;
  /** Whether the document is shaded too. */
  readonly shades: boolean;
  /** Whether the lines of the document are classified. */
  readonly lines: boolean;
  readonly order: LineOrder;
  /** A model that stands in for the one in force, which is no classifier; null for none. */
  readonly inModel: string | null;
  /** Which run of a command opened a part last; null for none. */
  readonly opened: string | null;
}

const oneOf = <T extends string>(value: unknown, values: readonly T[]): T => values.find((one) => one === value) ?? values[0]!;
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readClassificationState(saved: unknown): ClassificationViewState {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<keyof ClassificationViewState, unknown>>;
  return {
    of: textOrNull(from.of),
    method: oneOf(from.method, occlusionMethods),
    shading: oneOf(from.shading, shadings),
    table: from.table === true,
    shades: from.shades !== false,
    lines: from.lines === true,
    order: oneOf(from.order, lineOrders),
    inModel: textOrNull(from.inModel),
    opened: textOrNull(from.opened),
  };
}
