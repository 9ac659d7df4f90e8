import type { Outcome } from '../lenses/evidence/contract';
import { wordRanges } from '../text/words';
import { text as textOption } from './options';
import { UsageError, type VerbContext } from './verb';

/** Options that name an outcome; one of them is given. */
export const outcomeOptions = {
  word: { type: 'string' },
  'next-sentence': { type: 'string' },
  class: { type: 'string' },
  'next-token': { type: 'string' },
} as const;

export const outcomeHelp = `  --word W           probability of W where TEXT has it, or where TEXT has [MASK], which is masked
  --next-sentence B  probability that B follows TEXT
  --class L          probability of a class, by its label
  --next-token T     probability that T is written next, by a model that writes (--model decoder or translator)`;

const masks = /\[MASK\]|<mask>/;

/**
 * The outcome that the options name, of a text.
 * @throws UsageError for none or several, a word that the text lacks, or an unknown label
 */
export async function outcomeOption(context: VerbContext, text: string): Promise<Outcome> {
  const { options } = context;
  const given = Object.keys(outcomeOptions).filter((name) => options[name] !== undefined);
  if (given.length !== 1) throw new UsageError(`Give one outcome: ${Object.keys(outcomeOptions).map((name) => `--${name}`).join(', ')}.`);
  const [name] = given as [keyof typeof outcomeOptions];
  const value = textOption(options, name)!;
  switch (name) {
    case 'word':
      return { kind: 'word', text, at: placeOf(value, text), word: value };
    case 'next-sentence':
      return { kind: 'nextSentence', first: text, second: value };
    case 'class':
      return { kind: 'class', text, label: await labelOf(context, value) };
    case 'next-token':
      return { kind: 'nextToken', text, token: await firstToken(context, text, value) };
  }
}

function placeOf(word: string, text: string): { readonly start: number; readonly end: number } {
  const mask = masks.exec(text);
  if (mask) return { start: mask.index, end: mask.index + mask[0].length };
  const found = wordRanges(text).find(({ start, end }) => text.slice(start, end).toLowerCase() === word.toLowerCase());
  if (found) return found;
  throw new UsageError(`“${word}” is no word of the text. Give one that is, or write [MASK] where it shall stand.`);
}

async function labelOf({ call }: VerbContext, name: string): Promise<number> {
  const { labels } = await call('model/load', {});
  // A model without labels is for the engine to refuse.
  if (labels === null) return 0;
  const index = labels.findIndex((label) => label.toLowerCase() === name.toLowerCase());
  if (index < 0) throw new UsageError(`There is no class "${name}". Choose one of ${labels.slice(0, 20).join(', ')}.`);
  return index;
}

/** Id of the first token of some words, as the model would write them behind the text. */
async function firstToken({ call }: VerbContext, text: string, words: string): Promise<number> {
  const request = { text, choice: { kind: 'greedy' }, alternatives: 0, attention: false, prefix: { text: words } } as const;
  const { writes } = await call('model/load', {});
  const { steps } = writes?.task === 'translation' ? await call('translation/translate', request) : await call('generation/generate', { ...request, stopAfter: 1 });
  return steps[0]!.id;
}
