import type { Token } from '../../text/token';
import type { TextTokenizer } from '../../text/tokenizer';
import type { OccurrenceInContext } from './contract';

/**
 * What stands in the place of the word: `W` the word itself, `M` one mask token, anything else a literal word.
 * `['W', 'and', 'M']` reads "… word and [MASK] …".
 */
export type Template = readonly string[];

/** An occurrence cut into tokens left of the word, of the word, and right of it. */
export interface Parts {
  readonly left: readonly Token[];
  readonly word: readonly Token[];
  readonly right: readonly Token[];
}

/** Limits that keep every template of an occurrence within one window, all with the same context. */
export interface SequenceLimits {
  /** Longest sequence, special tokens included. */
  readonly maxTokens: number;
  /** Tokens kept free for the longest template beside the word. */
  readonly templateTokens: number;
  /** Most pieces of the word that are read. */
  readonly wordTokens: number;
}

/** One sequence to run, with the places of its word and mask. */
export interface Sequence {
  readonly tokens: readonly Token[];
  /** Indexes of the word's pieces; empty for a template without the word. */
  readonly word: readonly number[];
  /** Index of the mask token, −1 for a template without one. */
  readonly mask: number;
}

/**
 * Cuts an occurrence into parts, tokenized one by one, with the context nearest to the word as far as it fits.
 * Null when the model cannot read the word.
 */
export function partsOf(
  { sentence, start, end }: OccurrenceInContext,
  tokenizer: TextTokenizer,
  limits: SequenceLimits,
): Parts | null {
  const word = contentOf(sentence.slice(start, end), tokenizer).slice(0, limits.wordTokens);
  if (word.every(({ id }) => id === tokenizer.unknownId)) return null;
  const left = contentOf(sentence.slice(0, start), tokenizer);
  const right = contentOf(sentence.slice(end), tokenizer);
  const special = tokenizer.encode('').tokens.length;
  const room = limits.maxTokens - special - limits.templateTokens - word.length;
  if (left.length + right.length <= room) return { left, word, right };
  const keepLeft = Math.min(left.length, Math.max(Math.floor(room / 2), room - right.length));
  const keepRight = Math.min(right.length, room - keepLeft);
  return { left: left.slice(left.length - keepLeft), word, right: right.slice(0, keepRight) };
}

/** The sequence in which a template stands in the place of the word. */
export function sequenceOf({ left, word, right }: Parts, template: Template, tokenizer: TextTokenizer): Sequence {
  const [before, after] = frameOf(tokenizer);
  const tokens = [...before, ...left];
  let at: number[] = [];
  let mask = -1;
  for (const item of template) {
    if (item === 'W') {
      at = word.map((_, index) => tokens.length + index);
      tokens.push(...word);
    } else if (item === 'M') {
      mask = tokens.length;
      tokens.push(...contentOf(tokenizer.maskToken!.text, tokenizer));
    } else {
      tokens.push(...contentOf(item, tokenizer));
    }
  }
  return { tokens: [...tokens, ...right, ...after], word: at, mask };
}

/** Tokens that the tokenizer's template puts before and after a text. */
function frameOf(tokenizer: TextTokenizer): readonly [Token[], Token[]] {
  const { tokens } = tokenizer.encode('a');
  const first = tokens.findIndex(({ special }) => !special);
  const last = tokens.findLastIndex(({ special }) => !special);
  return [tokens.slice(0, first), tokens.slice(last + 1)];
}

function contentOf(text: string, tokenizer: TextTokenizer): Token[] {
  return text.trim() === '' ? [] : tokenizer.encode(text).tokens.filter(({ special }) => !special);
}
