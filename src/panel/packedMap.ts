import type { AttentionMap } from '../lenses/attention/contract';

/** A map of a long text as it travels to the panel: in full, 512 tokens would be a megabyte for each head that is opened. */
export interface PackedMap extends Omit<AttentionMap, 'weights'> {
  /** As `packWeights` makes it. */
  readonly packed: Uint8Array<ArrayBuffer>;
}

/** Maps of more weights than this are packed: those of 256 tokens, 262 kB, still travel exactly. */
export const mostExactWeights = 256 * 256;
