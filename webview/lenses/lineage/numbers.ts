import type { MovedNumber } from '../../../src/lenses/lineage/meanForgetting';

/** The numbers of a word that is left out, and each in one line. */
export const movedNumbers: Readonly<Record<MovedNumber, { readonly label: string; readonly says: string }>> = {
  cosineDistance: {
    label: 'Cosine distance',
    says: '1 − cosine of the vectors with and without the word: how far its direction turns. 0 for a word that does nothing.',
  },
  distance: {
    label: 'Relative distance',
    says: 'How far the vector moves without the word, as a share of its length. Small changes show more than in cosine distance.',
  },
};
