import type { Outcome } from '../lenses/evidence/contract';
import type { ModelInfo } from '../lenses/model';
import type { OccurrenceInContext } from '../lenses/senses/contract';
import type { Alternative } from '../lenses/writing/contract';
import { occurrencesOf } from '../text/occurrences';
import { text as textOption } from './options';
import { type OptionValues, UsageError, type VerbContext } from './verb';

/** Tokens among which a next token is looked for by its name. */
const mostAlternatives = 1000;

/** Options that say what is measured of a text. */
export const outcomeOptions = {
  word: { type: 'string' }, class: { type: 'string' }, follows: { type: 'string' }, next: { type: 'string' }, sense: { type: 'string' }, written: { type: 'string' },
} as const;

export const outcomeUsage = '--word W | --class L | --follows SENTENCE | --next TOKEN | --sense WORD';

export const outcomeHelp = `  --word W         probability of W in the place of [MASK] in the text
  --class L        probability of a class, by its label
  --follows SENTENCE
                   probability that SENTENCE follows the text
  --next TOKEN     probability that the model writes TOKEN next; with --written TEXT, after that much was written
  --sense WORD     cosine of the vectors of WORD in two texts`;

const kinds = ['word', 'class', 'follows', 'next', 'sense'] as const;

/** Which of them was given. @throws UsageError for none or several */
function kindOf(options: OptionValues): (typeof kinds)[number] {
  const given = kinds.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (kind !== undefined && given.length === 1) return kind;
  throw new UsageError(`Say what is measured, by one of ${kinds.map((name) => `--${name}`).join(', ')}.`);
}

/**
 * What the options say is measured of a text.
 * @param other the text that a word's vector is held against
 * @throws UsageError for a text or a name that does not fit
 */
export async function outcomeOf(context: VerbContext, text: string, other: string | undefined): Promise<Outcome> {
  const { call, options } = context;
  const kind = kindOf(options);
  const value = textOption(options, kind)!;
  const written = textOption(options, 'written');
  if (written !== undefined && kind !== 'next') throw new UsageError('--written is about the next token: add --next.');
  switch (kind) {
    case 'word':
      return { kind: 'word', text, at: maskIn(text, await call('model/load', {})), word: value };
    case 'class':
      return { kind: 'class', text, label: labelNamed(value, await call('model/load', {})) };
    case 'follows':
      return { kind: 'nextSentence', first: text, second: value };
    case 'next': {
      const prefix = written === undefined ? {} : { written: { text: written } };
      return { kind: 'nextToken', text, ...prefix, token: await tokenNamed(value, context, text, written) };
    }
    case 'sense':
      if (other === undefined) throw new UsageError('--sense compares a word in two texts: add --other SENTENCE.');
      return { kind: 'cosine', pair: [occurrenceIn(text, value), occurrenceIn(other, value)] };
  }
}

function maskIn(text: string, { maskToken }: ModelInfo): { readonly start: number; readonly end: number } {
  const mask = maskToken ?? '[MASK]';
  const start = text.indexOf(mask);
  if (start < 0) throw new UsageError(`--word takes a text with ${mask} in the place that is measured: “${text.slice(0, 60)}” has none.`);
  return { start, end: start + mask.length };
}

/** Index of a label; a model without labels is for the engine to refuse. */
function labelNamed(name: string, { labels }: ModelInfo): number {
  const index = labels?.findIndex((label) => label.toLowerCase() === name.toLowerCase()) ?? 0;
  if (index < 0) throw new UsageError(`There is no label "${name}". Choose one of ${labels!.slice(0, 20).join(', ')}.`);
  return index;
}

async function tokenNamed(name: string, { call }: VerbContext, text: string, written: string | undefined): Promise<number> {
  const { writes } = await call('model/load', {});
  const request = {
    text, choice: { kind: 'greedy' }, alternatives: mostAlternatives, attention: false,
    ...(written === undefined ? { maxTokens: 1 } : { prefix: { text: written } }),
  } as const;
  const { steps } = await call(writes?.task === 'translation' ? 'translation/translate' : 'generation/generate', request);
  const step = steps.find(({ forced }) => !forced);
  const found = step && [step, ...step.alternatives].find(({ token }: Alternative) => token.trim() === name.trim());
  if (found) return found.id;
  const likely = step?.alternatives.slice(0, 5).map(({ token }) => token).join(', ') ?? '';
  throw new UsageError(`The model would not write "${name}" there, not even among its first ${mostAlternatives} tokens. Give one token, such as ${likely}.`);
}

/** The first occurrence of a word. @throws UsageError where there is none */
function occurrenceIn(text: string, word: string): OccurrenceInContext {
  const [first] = occurrencesOf(text, word);
  if (first) return { sentence: text, start: first.start, end: first.end };
  throw new UsageError(`"${word}" is not in “${text.slice(0, 60)}”.`);
}
