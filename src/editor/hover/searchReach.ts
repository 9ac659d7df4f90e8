/**
 * UTF-16 units on either side of a place within which a frequent word is looked for. A search in the whole of a long
 * document would hold up whoever types.
 */
export const searchReach = 50_000;
