import type { ForgottenText } from '../../../src/lenses/lineage/contract';
import type { Curve } from './viewState';

/** A sentence that was measured. */
export interface MeasuredSentence {
  readonly text: string;
  readonly words: ForgottenText['words'];
}

/** What the two curves are. */
export const curveTexts: Readonly<Record<Curve, { readonly label: string; readonly across: string; readonly says: string }>> = {
  left: {
    label: 'As words follow',
    across: 'words read since',
    says: 'What is left of a word: how far the thought vector moves without it once more words were read, as a share of how far it moved when the word was just read. Each point compares the same words, so it is not a matter of which words stand early.',
  },
  place: {
    label: 'By place',
    across: 'words behind it, up to the end of the sentence',
    says: 'How far the thought vector of the whole sentence moves without a word, on average over the words at the same distance from its end. First words may do more than those in the middle: they met an empty vector.',
  },
};
