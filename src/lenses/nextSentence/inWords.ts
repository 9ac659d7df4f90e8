/** What the head says of the second sentence, from which probability on. */
const answers = [
  [0.9, 'surely follows'],
  [0.6, 'rather follows'],
  [0.4, 'undecided'],
  [0.1, 'rather from elsewhere'],
  [0, 'surely from elsewhere'],
] as const;

/** A probability of "is next" (0–1) in a few words. */
export function isNextInWords(isNext: number): string {
  return answers.find(([least]) => isNext >= least)![1];
}
