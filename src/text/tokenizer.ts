import { Tokenizer } from '@huggingface/tokenizers';
import { HeadlightError } from '../errors';
import { AddedTokenSplitter } from './addedTokens';
import type { AddedToken } from './addedTokens';
import { AlignedText } from './alignedText';
import { byteNames, fromByteLevel } from './byteLevel';
import { componentOf, partsOf } from './componentConfig';
import type { ComponentConfig } from './componentConfig';
import { normalizerOf } from './normalizers';
import type { Normalizer } from './normalizers';
import { placePieces } from './pieces';
import type { PieceRules } from './pieces';
import { preTokenizerOf } from './preTokenizers';
import type { PreTokenizer } from './preTokenizers';
import type { TextRange } from './range';
import { templateOf, trim, trimmingOf } from './template';
import type { PostProcessor, TemplatePart, Trimming } from './template';
import type { Encoding, Token } from './token';
import { tokenizerFault } from './tokenizerShape';

/** A token with a part to play (mask, padding), by its text. */
export interface SpecialToken {
  readonly id: number;
  readonly text: string;
}

/** The parts of `@huggingface/tokenizers` that are used: the model, and the ids of its pieces. */
type Library = Tokenizer & { readonly model: NonNullable<Tokenizer['model']> };

/**
 * A model's tokenizer with exact character ranges. `@huggingface/tokenizers` supplies the vocabulary, the model that
 * splits words into pieces and the template; what comes before the model is done here with offsets kept,
 * as the Python library `tokenizers` defines them.
 */
export class TextTokenizer {
  readonly maskToken: SpecialToken | null;
  readonly unknownId: number | null;
  readonly padId: number;
  /** One more than the greatest id. */
  readonly vocabularySize: number;

  private readonly normalize: Normalizer;
  private readonly preTokenize: PreTokenizer;
  private readonly rawSplitter: AddedTokenSplitter;
  private readonly normalizedSplitter: AddedTokenSplitter;
  private readonly rules: PieceRules;
  private readonly single: readonly TemplatePart[];
  private readonly double: readonly TemplatePart[];
  private readonly trimming: Trimming | null;
  private readonly isByteLevel: boolean;
  private readonly specialIds: ReadonlySet<number>;
  /** Whether decoding takes spaces before punctuation out. */
  private readonly cleansUp: boolean;

  private constructor(
    private readonly library: Library,
    json: TokenizerJson,
    config: Record<string, unknown>,
  ) {
    this.normalize = supported(normalizerOf(componentOf(json.normalizer)), json.normalizer);
    this.preTokenize = supported(preTokenizerOf(componentOf(json.pre_tokenizer)), json.pre_tokenizer);
    const added = json.added_tokens;
    const isNormalized = (token: AddedToken) => token.normalized ?? token.special !== true;
    this.rawSplitter = new AddedTokenSplitter(added.filter((t) => !isNormalized(t)).map((t) => [t.content, t]));
    this.normalizedSplitter = new AddedTokenSplitter(
      added.filter(isNormalized).map((t) => [this.normalize(AlignedText.of(t.content)).text, t]),
    );
    this.rules = rulesOf(library, json.model);
    const process = library.post_processor as unknown as PostProcessor | null;
    this.single = templateOf(process, false);
    this.double = templateOf(process, true);
    this.trimming = trimmingOf(componentOf(json.post_processor));
    this.isByteLevel = usesByteLevel(componentOf(json.pre_tokenizer));
    this.cleansUp = config['clean_up_tokenization_spaces'] === true;
    this.specialIds = new Set(added.filter(({ special }) => special === true).map(({ id }) => id));

    this.maskToken = this.specialToken(config['mask_token'], ['[MASK]', '<mask>']);
    this.unknownId = library.model.unk_token_id ?? this.specialToken(config['unk_token'], [])?.id ?? null;
    this.padId = this.specialToken(config['pad_token'], ['[PAD]', '<pad>'])?.id ?? 0;
    this.vocabularySize = library.model.vocab.length;
  }

  /**
   * Builds a tokenizer from the parsed `tokenizer.json` and `tokenizer_config.json`.
   * @throws HeadlightError `model-broken` when they describe no tokenizer, or one of a kind that is not supported.
   */
  static fromJson(tokenizerJson: unknown, tokenizerConfig: unknown): TextTokenizer {
    const config = isRecord(tokenizerConfig) ? tokenizerConfig : {};
    if (!isRecord(tokenizerJson) || !isRecord(tokenizerJson['model'])) {
      throw broken('it holds no "model"');
    }
    const fault = tokenizerFault(tokenizerJson);
    if (fault !== null) throw broken(fault);
    const absent = { added_tokens: [], decoder: null, normalizer: null, post_processor: null, pre_tokenizer: null };
    const json = { ...absent, ...tokenizerJson };
    try {
      const library = new Tokenizer(json, config) as Library;
      return new TextTokenizer(library, json as unknown as TokenizerJson, config);
    } catch (error) {
      if (error instanceof HeadlightError) throw error;
      // Words of the language itself would say nothing to a reader.
      const says = error instanceof Error && !(error instanceof TypeError || error instanceof RangeError);
      throw broken(says ? error.message : 'its parts do not fit together', error);
    }
  }

  /** Template tokens included; `[MASK]` typed in the text becomes the mask token. */
  encode(text: string, pair?: string): Encoding {
    const sequences = [this.encodeSequence(text, 0), pair === undefined ? [] : this.encodeSequence(pair, 1)] as const;
    const tokens: Token[] = [];
    let segment: 0 | 1 = 0;
    for (const part of pair === undefined ? this.single : this.double) {
      if ('sequence' in part) {
        segment = part.sequence;
        for (const token of sequences[segment]) tokens.push(token);
      } else {
        const id = this.library.token_to_id(part.special) ?? this.unknownId ?? 0;
        const { special: piece } = part;
        tokens.push({ id, piece, text: piece, start: 0, end: 0, special: true, segment, word: null });
      }
    }
    return pair === undefined ? { text, tokens } : { text, pair, tokens };
  }

  /** The tokenizer's own string of an entry. */
  piece(id: number): string {
    return this.library.id_to_token(id) ?? `#${id}`;
  }

  /** The vocabulary entry as a reader would write it (`the` for `Ġthe`; `##ing` stays `##ing`). */
  display(id: number): string {
    const piece = this.library.id_to_token(id);
    if (piece === undefined) return `#${id}`;
    const spelled = this.isByteLevel ? (fromByteLevel(piece) ?? byteNames(piece)) : piece.replaceAll('▁', ' ');
    return spelled.trim() === '' ? spelled : spelled.trim();
  }

  /** Text of ids that a model wrote, special tokens left out. */
  decode(ids: readonly number[]): string {
    const content = ids.filter((id) => !this.isSpecial(id));
    return content.length === 0 ? '' : this.library.decode(content, { skip_special_tokens: true, clean_up_tokenization_spaces: this.cleansUp });
  }

  /** True for ids that stand for no text: special tokens, and those that the vocabulary lacks. */
  isSpecial(id: number): boolean {
    return this.specialIds.has(id) || this.library.id_to_token(id) === undefined;
  }

  /** Whether an entry begins a word where it follows others (`Ġthe`, `▁the`, but not `##ing`). */
  startsWord(id: number): boolean {
    const piece = this.library.id_to_token(id) ?? '';
    if (this.rules.continuingPrefix !== '') return !piece.startsWith(this.rules.continuingPrefix);
    return /^[Ġ▁\s]/u.test(piece);
  }

  /** Whether there is such an entry. */
  has(id: number): boolean {
    return this.library.id_to_token(id) !== undefined;
  }

  /**
   * Pieces of a word as it stands inside a text, that is after a space where the tokenizer tells the difference,
   * without template tokens.
   */
  piecesOf(word: string): readonly { readonly id: number; readonly piece: string }[] {
    const spaced = this.isByteLevel && !word.startsWith(' ') ? ` ${word}` : word;
    return this.encodeSequence(spaced, 0).map(({ id, piece }) => ({ id, piece }));
  }

  private encodeSequence(source: string, segment: 0 | 1): Token[] {
    const tokens: Token[] = [];
    let word = 0;
    for (const { text, added } of this.splitsOf(source)) {
      if (added !== null) {
        const range = this.trimmed(source, text.rangeOf(0, text.length), text.text, tokens.length);
        tokens.push(tokenOf(source, range, added.id, added.content, segment, word));
        word++;
        continue;
      }
      for (const wordText of this.preTokenize(text)) {
        if (wordText.length === 0) continue;
        const pieces = this.library.model._call([wordText.text]);
        for (const { piece, from, to } of placePieces(wordText.text, pieces, this.rules)) {
          const range = this.trimmed(source, wordText.rangeOf(from, to), piece, tokens.length);
          const id = this.library.model.tokens_to_ids.get(piece) ?? this.unknownId ?? 0;
          tokens.push(tokenOf(source, range, id, piece, segment, word));
        }
        word++;
      }
    }
    return tokens;
  }

  /** The text cut at added tokens, and normalized where it is none. */
  private splitsOf(source: string) {
    return this.rawSplitter
      .split(AlignedText.of(source))
      .flatMap((part) => (part.added === null ? this.normalizedSplitter.split(this.normalize(part.text)) : [part]));
  }

  private trimmed(source: string, range: TextRange, piece: string, index: number): TextRange {
    return this.trimming === null ? range : trim(source, range, piece, index === 0, this.trimming);
  }

  /** A special token named by the configuration (a string, or an object with `content`), else by its usual names. */
  private specialToken(configured: unknown, usual: readonly string[]): SpecialToken | null {
    const named = isRecord(configured) ? configured['content'] : configured;
    for (const text of typeof named === 'string' ? [named] : usual) {
      const id = this.library.token_to_id(text);
      if (id !== undefined) return { id, text };
    }
    return null;
  }
}

interface TokenizerJson {
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: unknown;
  readonly pre_tokenizer: unknown;
  readonly post_processor: unknown;
  readonly model: Readonly<Record<string, unknown>>;
}

function rulesOf(library: Library, model: Readonly<Record<string, unknown>>): PieceRules {
  const text = (key: string) => (typeof model[key] === 'string' ? model[key] : '');
  const isWordPiece = !('merges' in model) && !Array.isArray(model['vocab']);
  return {
    continuingPrefix: text('continuing_subword_prefix'),
    endOfWordSuffix: text('end_of_word_suffix'),
    unknownPiece: library.model.unk_token ?? null,
    unknownIsWholeWord: isWordPiece,
    fusesUnknown: library.model.fuse_unk,
    has: (piece) => library.model.tokens_to_ids.has(piece),
  };
}

function tokenOf(source: string, range: TextRange, id: number, piece: string, segment: 0 | 1, word: number): Token {
  const { start, end } = range;
  return { id, piece, text: end > start ? source.slice(start, end) : piece, start, end, special: false, segment, word };
}

function usesByteLevel(config: ComponentConfig | null): boolean {
  if (config === null) return false;
  return config.type === 'ByteLevel' || partsOf(config, 'pretokenizers').some(usesByteLevel);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function supported<T>(component: T | null, config: unknown): T {
  if (component !== null) return component;
  throw broken(`its "${componentOf(config)?.type ?? ''}", or a part of it, is of a type that is not supported`);
}

function broken(why: string, cause?: unknown): HeadlightError {
  return new HeadlightError(
    'model-broken',
    `The model's tokenizer.json cannot be used: ${why}. ` +
      'Export the model again with a current version of transformers, or choose another model.',
    { cause },
  );
}
