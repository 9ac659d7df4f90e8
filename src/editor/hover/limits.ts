/**
 * UTF-16 units on either side of a place within which a frequent word is looked for. A search in the whole of a long
 * document would hold up whoever types.
 */
export const searchReach = 50_000;

/**
 * Milliseconds for reading occurrences, of the 100 in which a card is to open: the rest is for a run that takes longer
 * than the latest ones did, for grouping and for drawing.
 */
export const readingTime = 45;
