/**
 * What is changed in one row of a run while the model computes (interventions, as in Vig et al. 2020, arXiv:2004.12265).
 * Layers, heads, tokens and states are counted as everywhere; a token of null means all of them.
 */
export interface Interventions {
  /** Outputs of heads, before they are mixed into the layer's. */
  readonly heads?: readonly HeadIntervention[];
  /** Layers that hand on what they read as if they were not there. */
  readonly skipped?: readonly number[];
  /** Who may not look at whom: the score is lowered so far before the softmax that nothing is left of the weight. */
  readonly edges?: readonly Edge[];
  /** Hidden states by index: 0 is the embedding layer's output. */
  readonly states?: readonly StateIntervention[];
  /** Position embeddings are left out of the sum. */
  readonly withoutPositions?: boolean;
}

export interface HeadIntervention {
  readonly layer: number;
  readonly head: number;
  readonly token: number | null;
  /** `[head size]`, what the head's output is replaced by; null for zeros. */
  readonly by: Float32Array | null;
}

/** Null stands for every layer, head, query or key. */
export interface Edge {
  readonly layer: number | null;
  readonly head: number | null;
  readonly query: number | null;
  readonly key: number | null;
}

export interface StateIntervention {
  readonly state: number;
  readonly token: number | null;
  /** `[hidden]`; null for zeros. */
  readonly by: Float32Array | null;
}

/** Interventions in the parts of an encoder–decoder or a decoder stack that writes. */
export interface WriterInterventions {
  /** In the encoder, which reads the source. */
  readonly source?: Interventions;
  /** In what is written. Tokens are counted from the first start token. */
  readonly decoder?: Interventions;
  /** In attention to the source; heads and edges only. */
  readonly cross?: Interventions;
}

export function isNothing(interventions: Interventions | undefined): boolean {
  return interventions === undefined ||
    [interventions.heads, interventions.skipped, interventions.edges, interventions.states].every((list) => (list ?? []).length === 0) && interventions.withoutPositions !== true;
}

/** What is done in one way and in another, both at once; of what replaces the same, the first. */
export function joined(first: Interventions, second: Interventions = {}): Interventions {
  return {
    heads: [...(first.heads ?? []), ...(second.heads ?? [])],
    skipped: [...(first.skipped ?? []), ...(second.skipped ?? [])],
    edges: [...(first.edges ?? []), ...(second.edges ?? [])],
    states: [...(first.states ?? []), ...(second.states ?? [])],
    withoutPositions: (first.withoutPositions ?? false) || (second.withoutPositions ?? false),
  };
}

/** The same, where some tokens of the text are left out: those that are kept are counted anew, and nothing is done to the others. */
export function amongKept({ heads = [], states = [], edges = [], ...rest }: Interventions = {}, kept: readonly number[]): Interventions {
  const places = new Map(kept.map((token, index) => [token, index]));
  const isKept = (token: number | null): boolean => token === null || places.has(token);
  const placed = (token: number | null): number | null => (token === null ? null : places.get(token)!);
  return {
    ...rest,
    heads: heads.filter(({ token }) => isKept(token)).map((one) => ({ ...one, token: placed(one.token) })),
    states: states.filter(({ token }) => isKept(token)).map((one) => ({ ...one, token: placed(one.token) })),
    edges: edges.filter(({ key, query }) => isKept(query) && isKept(key)).map((one) => ({ ...one, query: placed(one.query), key: placed(one.key) })),
  };
}
