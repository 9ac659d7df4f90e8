import { HeadlightError } from '../errors';
import type { Neighbours } from '../lenses/neighbours/contract';
import { lineBreaksBefore } from '../text/lines';
import { type Occurrence, occurrencesInContext } from '../text/occurrences';
import { wholeNumber } from './options';
import { readTextFile } from './textFile';
import { UsageError, type Verb } from './verb';

const defaultTop = 10;
/** The built-in model of static vectors; it takes no time on any device. */
const staticTarget = { model: 'static', device: 'cpu' } as const;

/** `neighbours WORD FILE`: nearest words of an occurrence in context, and of the word by static vectors. */
export const neighbours: Verb = {
  name: 'neighbours',
  summary: 'nearest words of an occurrence in a file, and of the word by static vectors',
  usage: 'neighbours WORD FILE [--at N] [--layer L] [--top K] [--same]',
  words: [2, 2],
  options: { at: { type: 'string' }, layer: { type: 'string' }, top: { type: 'string' }, same: { type: 'boolean' } },
  help: `Compares one occurrence of WORD in FILE (UTF-8 text) with the content words of FILE by their contextual
vectors, and beside it WORD with all words that the built-in static model knows: one vector a word, whatever
it means. Of a long file, the sentences nearest to the occurrence are read, about 5,000 tokens.

  --at N      which occurrence of WORD in the file, from 0 (default 0)
  --layer L   hidden state: 0 is the embedding layer, -1 the last layer (default -1)
  --top K     how many neighbours of each kind (default ${defaultTop})
  --same      other occurrences of WORD count as neighbours, each by itself; of another word only its
              nearest place is listed

JSON: {line, start, end, layer, compared, tokens, whole, neighbours: [{word, line, start, end, cosine}],
       static: [{word, cosine}] | null}
"line" counts from 1; "start" and "end" are UTF-16 offsets into the file; "static" is null where
the static model does not know WORD.`,

  async run({ call, options, output, words }) {
    const [word, path] = words as [string, string];
    const top = wholeNumber(options, 'top', 1) ?? defaultTop;
    const layer = wholeNumber(options, 'layer', -1) ?? -1;
    const at = wholeNumber(options, 'at', 0) ?? 0;
    const text = await readTextFile(path);
    const { occurrences, total } = occurrencesInContext(text, word, { around: 0, most: at + 1 });
    if (total === 0) throw new HeadlightError('word-not-found', `"${word}" does not stand in ${path}. Check its spelling.`);
    const occurrence = occurrences[at];
    if (!occurrence) throw new UsageError(`--at takes a place from 0 to ${total - 1}: "${word}" stands ${total} times in ${path}.`);
    const { sentence, start, end, offset } = occurrence;
    const found = await call('vectors/neighbours', { of: { sentence, start, end }, text, focus: offset, top, sameWord: options['same'] === true });
    const fixed = await call('vectors/nearest', { word, top }, staticTarget);
    const state = layer === -1 ? found.states.length - 1 : layer;
    const near = found.states[state];
    if (!near) {
      throw new HeadlightError('out-of-range', `There is no hidden state ${layer}: this model has states 0 (the embedding layer) to ${found.states.length - 1} (the last layer, which -1 means too).`);
    }
    const listed = near.map((one) => ({ ...one, word: text.slice(one.start, one.end), line: 1 + lineBreaksBefore(text, one.start) }));
    if (output.json) {
      const { compared, tokens, whole } = found;
      await output.writeJson({
        line: occurrence.line, start: offset, end: offset + end - start, layer: state, compared, tokens, whole,
        neighbours: listed.map(({ word, line, start, end, cosine }) => ({ word, line, start, end, cosine })),
        static: fixed.words && fixed.words.map(({ token, cosine }) => ({ word: token, cosine })),
      });
      return;
    }
    await output.line(headingOf(found, occurrence, state));
    for (const { word, line, cosine, sentence } of listed) {
      await output.line(`  ${cosine.toFixed(3)}  ${word.padEnd(16)} ${String(line).padStart(5)}  ${text.slice(sentence.start, sentence.end).replace(/\s+/g, ' ')}`);
    }
    await output.line(`\n${fixed.model.name}${fixed.words ? ', one vector a word' : `: "${word}" is not in the vocabulary`}`);
    for (const { token, cosine } of fixed.words ?? []) await output.line(`  ${cosine.toFixed(3)}  ${token}`);
  },
};

function headingOf({ model, compared, tokens, whole }: Neighbours, { line, sentence }: Occurrence, state: number): string {
  const read = whole ? 'the whole file' : `the ${tokens} tokens nearest to it`;
  return `${model.name} on ${model.device}, hidden state ${state}: ${compared} words of ${read}\nline ${line}  ${sentence.replace(/\s+/g, ' ')}`;
}
