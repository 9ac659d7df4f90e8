import type { AttentionPart } from '../attention/contract';

/** What a switched-off head gives in place of its output: zeros, or its mean over the tokens of ordinary sentences. */
export const ablations = ['zero', 'mean'] as const;
export type Ablation = (typeof ablations)[number];

export interface HeadOfPart {
  readonly part: AttentionPart;
  readonly layer: number;
  readonly head: number;
}

/** Null stands for every layer or head. Query and key are counted as the part's maps have them. */
export interface EdgeOfPart {
  readonly part: AttentionPart;
  readonly layer: number | null;
  readonly head: number | null;
  readonly query: number;
  readonly key: number;
}

/** A token that nobody looks at, that is taken out of the text, or that is replaced by another of the vocabulary. */
export interface SwitchedToken {
  readonly token: number;
  readonly to: 'hidden' | 'deleted' | { readonly id: number };
}

/** What is off in a model while a question is answered. What is not named is as it always is. */
export interface Switches {
  readonly heads: readonly HeadOfPart[];
  readonly ablation: Ablation;
  /** Layers that hand on what they read; `cross` stands in the decoder's. */
  readonly layers: readonly Omit<HeadOfPart, 'head'>[];
  readonly edges: readonly EdgeOfPart[];
  /** Tokens of the text that is read. */
  readonly tokens: readonly SwitchedToken[];
  /** Position embeddings of the part that reads and the part that writes. */
  readonly withoutPositions: boolean;
  /** Ids of the tokens that edges and tokens are counted in: in other texts these are on. Null where there are none. */
  readonly ids: readonly number[] | null;
}

/** All is on. */
export const nothingOff: Switches = { heads: [], ablation: 'zero', layers: [], edges: [], tokens: [], withoutPositions: false, ids: null };

export function isAllOn({ heads, layers, edges, tokens, withoutPositions }: Switches): boolean {
  return heads.length + layers.length + edges.length + tokens.length === 0 && !withoutPositions;
}
