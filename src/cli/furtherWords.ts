import type { FurtherWord } from '../lenses/senses/wordsContract';
import type { Occurrence } from '../text/occurrences';
import { type AskedWord, type WordInUse, wordInUse } from '../text/wordInUse';
import { UsageError, type VerbContext } from './verb';

/** A word of `--with`, where it is read, and where it falls among the senses. */
export interface AnsweredWord {
  readonly use: WordInUse;
  readonly word: FurtherWord;
}

/** The words of `--with WORD` and `--with WORD=SENTENCE`. @throws UsageError for one without a word */
export function askedWords(values: readonly string[]): AskedWord[] {
  return values.map((value) => {
    const cut = value.indexOf('=');
    const word = (cut === -1 ? value : value.slice(0, cut)).trim();
    const sentence = value.slice(cut + 1).trim();
    if (word === '' || (cut !== -1 && sentence === '')) throw new UsageError(`--with takes WORD or WORD=SENTENCE, not "${value}".`);
    return { word, ...(cut !== -1 && { sentence }) };
  });
}

/** Asks where further words fall among the senses that were found. */
export async function answerWords(
  asked: readonly AskedWord[],
  text: string,
  occurrences: readonly Occurrence[],
  senses: readonly (number | null)[],
  call: VerbContext['call'],
): Promise<AnsweredWord[]> {
  const uses = asked.map((one) => wordInUse(one, text, occurrences[0]!.offset));
  const { words } = await call('senses/words', {
    occurrences,
    senses,
    words: uses.map(({ places }) => places.map(({ sentence, start, end }) => ({ sentence, start, end }))),
  });
  return uses.map((use, at) => ({ use, word: words[at]! }));
}

export function wordsJson(words: readonly AnsweredWord[]): object[] {
  return words.map(({ use, word }) => ({
    word: use.word,
    from: use.from,
    places: use.places.map(({ end, line = null, offset = null, sentence, start }) => ({
      sentence, line, start: offset, end: offset === null ? null : offset + end - start,
    })),
    cosines: word.states.map(({ cosines }) => cosines),
    points: word.evidence.points,
  }));
}

/** Mean cosines by the last hidden state. */
export async function printWords({ output }: Pick<VerbContext, 'output'>, words: readonly AnsweredWord[]): Promise<void> {
  const senses = words[0]!.word.evidence.cosines.length;
  const heads = Array.from({ length: senses }, (_, sense) => `sense ${sense}`.padStart(9)).join('');
  await output.line(`\nmean cosine by the last hidden state\n${''.padEnd(20)}${heads}`);
  for (const { use, word } of words) {
    const cosines = word.states.at(-1)!.cosines.map((cosine) => (cosine === null ? '-' : cosine.toFixed(3)).padStart(9)).join('');
    await output.line(`${use.word.padEnd(20)}${cosines}  ${readFrom(use)}`);
  }
}

function readFrom({ from, places, total }: WordInUse): string {
  if (from === 'sentence') return 'in its own sentence';
  if (from === 'alone') return `alone: ${places[0]!.sentence}`;
  const lines = [...new Set(places.map(({ line }) => line))].join(', ');
  return `in the file, line ${lines}${total > places.length ? ` (${places.length} of ${total})` : ''}`;
}
