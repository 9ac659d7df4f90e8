import type { AttentionPart } from '../attention/contract';
import type { Ablation } from '../whatIf/contract';
import type { MeasuredOutcome, OutcomeRequest } from './contract';

/** How much each head does for an outcome: it is measured again with that head alone ablated, each in turn. */
export interface RankingRequest extends OutcomeRequest {
  readonly ablation: Ablation;
}

/**
 * Sends `LensProgress.effects` with its progress, a layer at a time.
 * @throws HeadlightError as `evidence/measure` does; `cannot-intervene` for a model without heads that could be ablated
 */
export interface Ranking extends MeasuredOutcome {
  readonly ablation: Ablation;
  readonly parts: readonly PartEffects[];
}

/** The heads of one stack. */
export interface PartEffects {
  readonly part: AttentionPart;
  readonly layers: number;
  readonly heads: number;
  /** `[layer, head]`: the outcome without the head less the outcome with it. Below zero: the head raises the outcome. */
  readonly effects: Float32Array;
  /** The same as differences of log-odds (natural logarithm); null for what is no probability. */
  readonly logOdds: Float32Array | null;
}

/** Effects that are known already, of the heads of one layer. */
export interface LayerEffects {
  readonly part: AttentionPart;
  readonly layer: number;
  readonly effects: readonly number[];
}
