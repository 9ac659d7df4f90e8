import { createInterface } from 'node:readline';
import type { OccurrenceInContext } from '../lenses/senses/contract';
import { occurrencesOf } from '../text/occurrences';
import { wholeNumber } from './options';
import { UsageError, type Verb, type VerbContext } from './verb';

/** Lines embedded together: enough to sort them by length, few enough to print soon. */
const linesPerCall = 256;

/** `vectors WORD` and `vectors --at`: contextual vectors of one word per line of the input. `--nearest`: its neighbours. */
export const vectors: Verb = {
  name: 'vectors',
  summary: 'contextual vectors of a word, line by line from stdin',
  usage: 'vectors WORD [--layer L]  or  vectors --at [--layer L]  or  vectors WORD --nearest K --model static',
  words: [0, 1],
  options: { layer: { type: 'string' }, at: { type: 'boolean' }, nearest: { type: 'string' } },
  help: `Reads lines from stdin and prints one JSON line for each, in order, with or without --json:
{line, start, end, vector}

"line" counts from 1. "start" and "end" are UTF-16 offsets into the line; the vector is the mean of the
vectors of the word's pieces. The first occurrence of WORD as a word counts, in upper or lower case.
Where there is none, or the model cannot read it, "start", "end" and "vector" are null.

  --layer L   hidden state: 0 is the embedding layer, -1 the last layer (default -1)
  --at        lines are INDEX<TAB>WORDS: words separated by single spaces, of which INDEX, counted from 0,
              is taken; "start" and "end" count within WORDS, and no WORD is given
  --nearest K reads no lines: prints the K words nearest to WORD by cosine, for a model with one vector a word
              whatever the context, as --model static is. JSON: {words: [{token, cosine}]}, null for a WORD that
              is not in its vocabulary`,

  async run(context) {
    const { call, input, options, output, signal, words: [word] } = context;
    const top = wholeNumber(options, 'nearest', 1);
    if (top !== undefined) {
      if (word === undefined) throw new UsageError('vectors --nearest takes a WORD.');
      await printNearest(context, word, top);
      return;
    }
    const layer = wholeNumber(options, 'layer', -1) ?? -1;
    const at = options['at'] === true;
    if (at === (word !== undefined)) {
      throw new UsageError('vectors takes either a WORD or --at.');
    }
    const find = word === undefined ? wordAt : (line: string): OccurrenceInContext | null => firstOccurrence(line, word);
    let printed = 0;
    const print = async (lines: readonly string[]): Promise<void> => {
      const found = lines.map((line, index) => find(line, printed + index + 1));
      const occurrences = found.filter((occurrence) => occurrence !== null);
      const answer = await call('vectors/embed', { layer, occurrences });
      let next = 0;
      for (const occurrence of found) {
        const vector = occurrence ? answer.vectors[next++]! : null;
        const { start, end } = vector ? occurrence! : { start: null, end: null };
        await output.writeJson({ line: ++printed, start, end, vector: vector && [...vector] });
      }
    };

    let lines: string[] = [];
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (signal.aborted) return;
      lines.push(line);
      if (lines.length < linesPerCall) continue;
      await print(lines);
      lines = [];
    }
    if (lines.length > 0) await print(lines);
  },
};

async function printNearest({ call, output }: VerbContext, word: string, top: number): Promise<void> {
  const { words } = await call('vectors/nearest', { word, top });
  if (output.json) await output.writeJson({ words });
  else if (words === null) await output.line(`"${word}" is not in the vocabulary.`);
  else for (const { token, cosine } of words) await output.line(`${cosine.toFixed(3)}  ${token}`);
}

function firstOccurrence(line: string, word: string): OccurrenceInContext | null {
  const [first] = occurrencesOf(line, word);
  return first ? { sentence: line, start: first.start, end: first.end } : null;
}

/** The word of a line `INDEX<TAB>WORDS`. @throws UsageError for a line of another form */
function wordAt(line: string, number: number): OccurrenceInContext {
  const tab = line.indexOf('\t');
  const index = line.slice(0, tab);
  if (tab === -1 || !/^\d+$/.test(index)) {
    throw new UsageError(`Line ${number} is not INDEX<TAB>WORDS: "${line.slice(0, 60)}".`);
  }
  const sentence = line.slice(tab + 1);
  const words = sentence.split(' ');
  const word = words[Number(index)];
  if (word === undefined) {
    throw new UsageError(`Line ${number} asks for word ${index}, but has ${words.length} words, counted from 0.`);
  }
  const start = words.slice(0, Number(index)).reduce((length, before) => length + before.length + 1, 0);
  return { sentence, start, end: start + word.length };
}
