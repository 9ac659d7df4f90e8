import type { OccurrenceInContext } from '../senses/contract';
import type { Outcome } from './contract';
import type { PatchDirection, PatchedThing } from './patchContract';

const word = 'stand';

function occurrence(sentence: string): OccurrenceInContext {
  const start = sentence.indexOf(word);
  return { sentence, start, end: start + word.length };
}

const music = occurrence('He put the sheet of notes on the music stand.');
const noise = occurrence('I cannot stand the noise of the traffic.');

/**
 * Two sentences of the lesson: what one word means in the first is patched into the second. The model is one with names of senses, and
 * the cell is of the word itself in a state which is read by the layers above.
 */
export const patchingExample = {
  model: 'encoder',
  outcome: { kind: 'cosine', pair: [noise, music] },
  of: 'states',
  direction: 'denoising',
  state: 5,
  word: noise,
} as const satisfies { readonly model: string; readonly outcome: Outcome; readonly of: PatchedThing; readonly direction: PatchDirection; readonly state: number; readonly word: OccurrenceInContext };
