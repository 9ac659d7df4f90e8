/** Characters of a sentence that the reader writes. */
export const longestSentence = 2000;
