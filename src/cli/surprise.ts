import { meanBits } from '../lenses/predictions/meanBits';
import type { WordSurprise } from '../lenses/predictions/surpriseContract';
import { bar, percent } from './bar';
import { wholeNumber } from './options';
import { readTextFile } from './textFile';
import type { Verb } from './verb';

const defaultTop = 3;
/** Bits of a full bar. */
const fullBar = 20;

/** `surprise FILE`: how much of a surprise each word is to the model. */
export const surprise: Verb = {
  name: 'surprise',
  summary: 'how surprising each word of a file is',
  usage: 'surprise FILE [--top K] [--exact]',
  words: [1, 1],
  options: { top: { type: 'string' }, exact: { type: 'boolean' } },
  help: `Masks each word of FILE (UTF-8 text) in turn and prints how surprising it is to the model that reads the
words around it: -log2 of its probability, in bits.

  --top K     how many expected words (default ${defaultTop})
  --exact     mask one word at a time. Without it, words that stand at least 8 tokens apart are masked
              together, which is many times faster and close to the same

JSON: {words: [{start, end, bits, rank, expected: [{token, probability}]}], unknown, mean}
"start" and "end" are UTF-16 offsets into the file; "rank" is the word's place in the vocabulary, from 1,
null for a word of several pieces, whose bits add up left to right; "unknown" counts words left out
because the vocabulary does not know them; "mean" is in bits a word.`,

  async run({ call, options, output, words: [path] }) {
    const top = wholeNumber(options, 'top', 1) ?? defaultTop;
    const text = await readTextFile(path!);
    const { model, unknown, words } = await call('predictions/surprise', { text, top, exact: options['exact'] === true });
    const mean = meanBits(words);
    if (output.json) {
      const bare = words.map(({ expected, ...word }) => ({
        ...word,
        expected: expected.map(({ token, probability }) => ({ token, probability })),
      }));
      await output.writeJson({ words: bare, unknown, mean });
      return;
    }
    await output.line(`${model.name} on ${model.device}`);
    await output.line(`${words.length} words${mean === null ? '' : `, ${mean.toFixed(2)} bits a word`}${unknown > 0 ? `, ${unknown} not in the vocabulary` : ''}\n`);
    const width = Math.min(24, Math.max(0, ...words.map(({ start, end }) => end - start)));
    for (const word of words) await output.line(lineOf(word, text.slice(word.start, word.end).replace(/\s+/g, ' ').padEnd(width)));
  },
};

function lineOf({ bits, expected }: WordSurprise, text: string): string {
  const words = expected.map(({ token, probability }) => `${token} ${percent(probability)}`).join(', ');
  return `${text} ${bits.toFixed(1).padStart(5)} bits ${bar(bits / fullBar, 10)} ${words}`;
}
