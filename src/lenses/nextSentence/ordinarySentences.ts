import { drawn } from '../../math/random';

/** Sentences about nothing in particular, written for Headlight: what stands in for a sentence of the reader's own. */
export const ordinarySentences = [
  'The train to the coast leaves at half past nine.',
  'Most of the shops in this street close early on Sundays.',
  'He has repaired clocks and watches for thirty years.',
  'The committee will vote on the new budget in March.',
  'Boil the potatoes until a knife goes in easily.',
  'Her brother studies chemistry at a university in the north.',
  'Heavy rain washed away a part of the old bridge.',
  'The library has bought two hundred books this year.',
  'They painted the kitchen yellow and the hall white.',
  'A good dictionary says where each word comes from.',
  'The team lost its last game by a single point.',
  'Salt melts the ice on the road, but harms the trees.',
] as const;

/** An example of two sentences that follow each other in a nursery rhyme. */
export const examplePair = { first: 'The cow jumped over the moon.', second: 'The dish ran away with the spoon.' } as const;

/** The ordinary sentence of a turn, none of those that are given. */
export function ordinarySentence(turn: number, given: readonly string[]): string {
  return drawn(ordinarySentences.filter((sentence) => !given.includes(sentence)), turn)!;
}
