import type { ModelSubject, Target } from '../model';
import type { OccurrenceInContext } from '../senses/contract';
import type { Ablation, HeadOfPart } from '../whatIf/contract';
import type { ForcedPrefix } from '../writing/contract';
import type { TextRange } from '../../text/range';

/**
 * A number that a model's run comes to, by which interventions are measured:
 * - `word`: probability of a word in a masked place (masked language models)
 * - `nextSentence`: probability that the second sentence follows the first
 * - `class`: probability of a class
 * - `nextToken`: probability that a writer writes a token next, after what it wrote so far
 * - `cosine`: of a word's vectors in two sentences
 * - `separation`: how well groups of occurrences of a word stand apart (mean silhouette by cosine, −1 to 1)
 */
export type Outcome =
  | { readonly kind: 'word'; readonly text: string; readonly pair?: string; readonly at: TextRange; readonly word: string }
  | { readonly kind: 'nextSentence'; readonly first: string; readonly second: string }
  | { readonly kind: 'class'; readonly text: string; readonly pair?: string; readonly label: number }
  | { readonly kind: 'nextToken'; readonly text: string; readonly written?: ForcedPrefix; readonly token: number }
  | { readonly kind: 'cosine'; readonly pair: readonly [OccurrenceInContext, OccurrenceInContext]; readonly state?: number }
  | { readonly kind: 'separation'; readonly groups: readonly (readonly OccurrenceInContext[])[]; readonly state?: number };

export type OutcomeKind = Outcome['kind'];

export interface OutcomeRequest extends Target {
  readonly outcome: Outcome;
}

export interface MeasureRequest extends OutcomeRequest {
  /** Heads that are ablated beside what is off; none where it is not given. */
  readonly without?: { readonly heads: readonly HeadOfPart[]; readonly ablation: Ablation };
}

/** Whether a number is a probability, 0–1, lies between −1 and 1, or may be any. */
export type OutcomeScale = 'probability' | 'signed' | 'number';

/** An outcome as a model with all that is off comes to it. */
export interface MeasuredOutcome extends ModelSubject {
  /** What is measured, in a few words: `P(moon)`. */
  readonly name: string;
  readonly scale: OutcomeScale;
  readonly value: number;
}
