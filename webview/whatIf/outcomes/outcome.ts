/** One number as it is under one way of switching the model. */
export interface Cell {
  /** Null where there is none, or it is not known. */
  readonly value: number | null;
  readonly text: string;
  /** Place among all others, from 1; null where it has none. */
  readonly rank?: number | null;
}

/** A number that is compared. */
export interface OutcomeRow {
  readonly label: string;
  /** One for each way, in their order. */
  readonly cells: readonly Cell[];
  /** Whether differences are of probabilities, and so are written in percentage points. */
  readonly probability: boolean;
  /** What changed beside the number, in a few words. */
  readonly note?: string;
}

export interface OutcomeGroup {
  readonly heading: string;
  readonly rows: readonly OutcomeRow[];
}

/** What comes out under several ways of switching one model; the first is that of all on. */
export interface Outcomes {
  readonly groups: readonly OutcomeGroup[];
  /** What is written under each way, in words; absent for models that only read. */
  readonly written?: readonly string[];
}
