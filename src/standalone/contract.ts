import type { AttentionOverview } from '../lenses/attention/contract';

/** Everything that a page of its own holds: one text with the attention of all heads. */
export interface StandaloneAttention {
  /** Grows when a page of an older Headlight could not be read any more. */
  readonly format: 1;
  /** When it was made, ISO 8601. */
  readonly made: string;
  /** Headlight's version. */
  readonly version: string;
  /** File name and lines, or what else the text is called: no path, since the page may be sent to others. */
  readonly label: string;
  /** The part of the text that the tokens cover, and of the second one of a pair. */
  readonly text: string;
  readonly pair?: string;
  /** What the view remembers: layer, head, drawing, filters. */
  readonly state: unknown;
  readonly overview: Omit<AttentionOverview, 'rows' | 'columns' | 'thumbnails'>;
  /** `[layer, head, query, key]` as `packWeights` makes it, base64. */
  readonly weights: string;
}

/** What is shown in a page, beside the numbers. */
export type PageSubject = Pick<StandaloneAttention, 'label' | 'state'>;

/** Most weights that a page holds: more would be a file of tens of megabytes, slow to open. */
export const mostWeights = 10_000_000;
