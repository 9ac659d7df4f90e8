import type { Outcome } from '../lenses/evidence/contract';
import type { OccurrenceInContext } from '../lenses/senses/contract';
import { occurrencesOf } from '../text/occurrences';
import { text as textOption } from './options';
import { outcomeHelp, outcomeOption, outcomeOptions } from './outcomeOption';
import { UsageError, type VerbContext } from './verb';

/** Options that name an outcome of a text, or a word whose vectors in two texts are compared. */
export const senseOptions = { ...outcomeOptions, sense: { type: 'string' } } as const;

export const senseUsage = '--word W | --class L | --next-sentence B | --next-token T | --sense WORD';

export const senseHelp = `${outcomeHelp}
  --sense WORD       cosine of the vectors of WORD in two texts`;

/**
 * What the options say is measured of a text.
 * @param other the text that a word's vector is held against
 * @throws UsageError as `outcomeOption`; for a word that a text lacks
 */
export async function outcomeOrSense(context: VerbContext, text: string, other: string | undefined): Promise<Outcome> {
  const { options } = context;
  const word = textOption(options, 'sense');
  if (word === undefined) return outcomeOption(context, text);
  const further = Object.keys(outcomeOptions).find((name) => options[name] !== undefined);
  if (further !== undefined) throw new UsageError(`Give one outcome: --sense or --${further}.`);
  if (other === undefined) throw new UsageError('--sense compares a word in two texts: add --other SENTENCE.');
  return { kind: 'cosine', pair: [occurrenceIn(text, word), occurrenceIn(other, word)] };
}

/** The first occurrence of a word. @throws UsageError where there is none */
function occurrenceIn(text: string, word: string): OccurrenceInContext {
  const [first] = occurrencesOf(text, word);
  if (first) return { sentence: text, start: first.start, end: first.end };
  throw new UsageError(`"${word}" is not in “${text.slice(0, 60)}”.`);
}
