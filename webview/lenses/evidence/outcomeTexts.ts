import type { MeasuredOutcome, OutcomeKind } from '../../../src/lenses/evidence/contract';
import { formatPercent, formatWeight } from '../../../src/picture/numbers';

/** What each kind of outcome is called where it is chosen, and what it is in one sentence. */
export const outcomeTexts: Readonly<Record<OutcomeKind, { readonly name: string; readonly meaning: string }>> = {
  word: { name: 'Masked word', meaning: 'The place is masked, and the number is the probability that the model gives the word there.' },
  nextSentence: { name: 'Next sentence', meaning: 'The probability that the second sentence follows the first, as the model’s second head has it.' },
  class: { name: 'Class', meaning: 'The probability of a class, as the model’s classifier has it.' },
  nextToken: { name: 'Next token', meaning: 'The probability that the model writes this token after the text and what it wrote before.' },
  cosine: { name: 'Likeness of two occurrences', meaning: 'The cosine of the word’s vectors in two sentences, after the last layer: 1 for the same direction.' },
  separation: { name: 'Separation of senses', meaning: 'How far the word’s senses stand apart: mean silhouette of its vectors by cosine distance, 1 for groups far apart, 0 for mixed ones. A head’s effect below zero says that it helps to tell them apart.' },
};

/** An outcome's number, in the unit that its scale has. */
export function formatOutcome(value: number, scale: MeasuredOutcome['scale']): string {
  return scale === 'probability' ? formatPercent(value) : formatWeight(value);
}

/** What a head does to an outcome, with its sign; of a probability in percentage points. */
export function formatEffect(effect: number, { scale }: Pick<MeasuredOutcome, 'scale'>): string {
  return scale === 'probability' ? `${signed(100 * effect)} pp` : signed(effect);
}

/** The same without its sign. */
export function formatSize(size: number, { scale }: Pick<MeasuredOutcome, 'scale'>): string {
  return scale === 'probability' ? `${formatWeight(100 * size)} pp` : formatWeight(size);
}

export function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${formatWeight(value)}`;
}
