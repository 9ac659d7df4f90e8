import { HeadlightError } from '../../errors';
import type { Token } from '../../text/token';
import type { TextTokenizer } from '../../text/tokenizer';
import type { TransformerModel } from '../model';
import type { Writer } from '../writer';
import type { ForcedPrefix } from './contract';

/** @throws HeadlightError `cannot-write` for a model that does not write, or writes otherwise */
export function requireWriter({ info, writer }: TransformerModel, task: 'translation' | 'continuation'): Writer {
  if (writer && info.writes?.task === task) return writer;
  const advice = task === 'translation'
    ? 'Choose a translator: translator, rnn-attention or rnn, or a folder with an encoder and a decoder.'
    : 'Choose a decoder stack, such as GPT-2 or the built-in decoder.';
  const does = info.writes ? (task === 'translation' ? 'writes texts on and translates nothing' : 'writes anew what it reads and writes nothing on') : 'only reads and writes nothing';
  throw new HeadlightError('cannot-write', `${info.name} ${does}. ${advice}`);
}

/**
 * Ids of a text that the model shall read.
 * @throws HeadlightError `model-broken` where the tokenizer has entries that the model lacks
 */
export function knownIds(tokens: readonly Pick<Token, 'id' | 'piece'>[], { info, tokenizer, writer }: TransformerModel): number[] {
  const vocabulary = writer?.vocabulary ?? Infinity;
  const unknown = tokens.find(({ id }) => id >= vocabulary);
  if (!unknown) return tokens.map(({ id }) => id);
  throw new HeadlightError(
    'model-broken',
    `The tokenizer of ${info.name} has ${tokenizer.vocabularySize} entries, but the model knows only ${vocabulary}, not "${unknown.piece}" ` +
      `(${unknown.id}): the two do not belong together. Copy the tokenizer.json that the model was trained with.`,
  );
}

/**
 * Ids of what the output shall begin with.
 * @param continues true where the output goes on from a text, so that a space may stand before it
 * @throws HeadlightError `out-of-range` for ids that the vocabulary lacks
 */
export function prefixIds(prefix: ForcedPrefix | undefined, model: TransformerModel, continues: boolean): number[] {
  if (!prefix) return [];
  const { tokenizer } = model;
  if ('text' in prefix) {
    const first = model.writer?.rules.forcedFirst ?? null;
    const ids = knownIds(continues ? tokenizer.piecesOf(prefix.text) : contentOf(prefix.text, tokenizer), model);
    return first === null ? ids : [first, ...ids];
  }
  for (const id of prefix.ids) {
    if (Number.isInteger(id) && id >= 0 && tokenizer.has(id) && id < (model.writer?.vocabulary ?? Infinity)) continue;
    throw new HeadlightError('out-of-range', `There is no token ${id} in the vocabulary of ${model.info.name}. Choose one from 0 to ${tokenizer.vocabularySize - 1}.`);
  }
  return [...prefix.ids];
}

/** Tokens of a text without those of the template. */
export function contentOf(text: string, tokenizer: TextTokenizer): Token[] {
  return tokenizer.encode(text).tokens.filter(({ special }) => !special);
}

/** @throws HeadlightError `out-of-range` for a number of tokens, or of alternatives, that means nothing */
export function requireCounts(counts: Readonly<Record<string, number | undefined>>, least: number): void {
  for (const [name, count] of Object.entries(counts)) {
    if (count === undefined || (Number.isInteger(count) && count >= least)) continue;
    throw new HeadlightError('out-of-range', `${count} is no number of ${name}. Choose a whole number of at least ${least}.`);
  }
}
