/** What a head's colour stands for. */
export const headNumbers = ['divergence', 'difference'] as const;
export type HeadNumber = (typeof headNumbers)[number];

/** How lines are ordered: as in the document, by how far attention moved, or by changed predictions. */
export const lineOrders = ['attention', 'predictions', 'document'] as const;
export type LineOrder = (typeof lineOrders)[number];

/** How repeated words are ordered: by how far their vectors moved, or by whose uses came to lie further apart or nearer together. */
export const wordOrders = ['moved', 'apart', 'together'] as const;
export type WordOrder = (typeof wordOrders)[number];

/** What the drift view remembers while it is hidden. */
export interface DriftViewState {
  /** Id of the first model; null for the one in force. */
  readonly model: string | null;
  /** Id of the other; null until the reader chooses one. */
  readonly against: string | null;
  /** Document that they were compared on, so that it is done again when the page comes back; null before that. */
  readonly compared: string | null;
  /** Which run of the command this began with; null for none. */
  readonly opened: string | null;
  readonly number: HeadNumber;
  readonly order: LineOrder;
  readonly words: WordOrder;
  readonly table: boolean;
}

/** Reads a remembered state; anything missing or malformed becomes the default. */
export function readDriftState(saved: unknown): DriftViewState {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<keyof DriftViewState, unknown>>;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    model: text(from.model),
    against: text(from.against),
    compared: text(from.compared),
    opened: text(from.opened),
    number: headNumbers.find((number) => number === from.number) ?? 'divergence',
    order: lineOrders.find((order) => order === from.order) ?? 'attention',
    words: wordOrders.find((order) => order === from.words) ?? 'moved',
    table: from.table === true,
  };
}
