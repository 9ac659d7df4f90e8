import { HeadlightError } from '../errors';
import { AlignedTextBuilder } from './alignedText';
import type { AlignedText } from './alignedText';
import { asciiOnly, cjkIdeograph, controlCharacter, whitespace } from './characterClasses';
import { partsOf } from './componentConfig';
import type { ComponentConfig, PatternConfig } from './componentConfig';
import { regExpOf } from './patterns';
import { toUnicodeForm } from './unicodeForms';

/**
 * How many times as long as its source a normalized text may be, and what it may have in any case: one character of
 * Unicode becomes 18 at most.
 */
const mostGrowth = 64;
const smallText = 4096;

/** A rewriting of the text before it is cut into words, with the source ranges kept. */
export type Normalizer = (text: AlignedText) => AlignedText;

/** The normalizer that `tokenizer.json` describes, or null for a type that is not known. */
export function normalizerOf(config: ComponentConfig | null): Normalizer | null {
  if (config === null) return (text) => text;
  switch (config.type) {
    case 'Sequence': {
      const parts = partsOf(config, 'normalizers').map(normalizerOf);
      if (parts.includes(null)) return null;
      return (text) => (parts as Normalizer[]).reduce((result, normalize) => bounded(normalize(result), text), text);
    }
    case 'BertNormalizer':
      return bertNormalizer(config);
    case 'Precompiled':
      return precompiled;
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = config.type;
      return (text) => toUnicodeForm(text, form);
    }
    case 'Lowercase':
      return lowercase;
    case 'StripAccents':
      return (text) => text.mapCharacters((character) => (/\p{M}/u.test(character) ? '' : character));
    case 'Strip':
      return (text) => strip(text, config['strip_left'] === true, config['strip_right'] === true);
    case 'Prepend':
      return (text) => prepend(text, String(config['prepend']));
    case 'Replace': {
      const pattern = regExpOf(config['pattern'] as PatternConfig);
      return pattern === null ? null : (text) => replace(text, pattern, String(config['content']));
    }
    default:
      return null;
  }
}

/** @throws HeadlightError `model-broken` for a text that parts of a tokenizer make grow and grow */
function bounded(text: AlignedText, source: AlignedText): AlignedText {
  if (text.length <= mostGrowth * source.length + smallText) return text;
  throw new HeadlightError(
    'model-broken',
    `The normalizer in the model's tokenizer.json makes a text more than ${mostGrowth} times as long. Export the model again, or choose another model.`,
  );
}

/** Puts `prefix` in front; it shares the source range of the first character. */
export function prepend(text: AlignedText, prefix: string): AlignedText {
  if (text.length === 0) return text;
  const builder = new AlignedTextBuilder(text.length + prefix.length);
  builder.push(prefix, text.startOf(0), text.endOf(0));
  builder.append(text);
  return builder.build();
}

/** Replaces every match; what stands instead has the source range of the last character replaced. */
export function replace(text: AlignedText, pattern: RegExp, content: string): AlignedText {
  const builder = new AlignedTextBuilder(text.length);
  let at = 0;
  for (const match of text.text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    builder.append(text.slice(at, match.index));
    builder.push(content, text.startOf(end - 1), text.endOf(end - 1));
    at = end;
  }
  if (at === 0) return text;
  builder.append(text.slice(at, text.length));
  return builder.build();
}

/** Character by character, hence without the rule for a final sigma, as in Rust. */
function lowercase(text: AlignedText): AlignedText {
  return text.mapCharacters((character) => character.toLowerCase());
}

function strip(text: AlignedText, left: boolean, right: boolean): AlignedText {
  const from = left ? (/^\p{White_Space}*/u.exec(text.text)?.[0].length ?? 0) : 0;
  let to = text.length;
  while (right && to > from && whitespace.test(text.text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

/** Of the original BERT: no control characters, one kind of space, ideographs apart, no accents, lower case. */
function bertNormalizer(config: ComponentConfig): Normalizer {
  const lower = config['lowercase'] === true;
  const stripAccents = config['strip_accents'] ?? lower;
  const toPlain = (character: string) => {
    const clean = config['clean_text'] === true ? cleanCharacter(character) : character;
    return config['handle_chinese_chars'] === true && cjkIdeograph.test(clean) ? ` ${clean} ` : clean;
  };
  const toBase = (character: string) => {
    if (stripAccents === true && /\p{Mn}/u.test(character)) return '';
    return lower ? character.toLowerCase() : character;
  };
  return (text) => {
    if (asciiOnly.test(text.text)) return text.mapCharacters((character) => toBase(toPlain(character)));
    const plain = text.mapCharacters(toPlain);
    return (stripAccents === true ? toUnicodeForm(plain, 'NFD') : plain).mapCharacters(toBase);
  };
}

function cleanCharacter(character: string): string {
  if (character >= '!' && character <= '~') return character;
  if (whitespace.test(character)) return /[\v\f\x85]/.test(character) ? '' : ' ';
  return character === '\uFFFD' || controlCharacter.test(character) ? '' : character;
}

/**
 * SentencePiece's precompiled `nmt_nfkc` map, nearly: control characters go, every white or invisible space becomes
 * a space, the rest is NFKC except for the full-width tilde.
 */
function precompiled(source: AlignedText): AlignedText {
  const cleaned = source.mapCharacters((character) => {
    if (/[\u0001-\u0008\u000B\u000E-\u001F\u007F\u008F\u009F]/.test(character)) return '';
    const spaces = /[\t\n\f\r\u00A0\u1680\u2000-\u200F\u2028\u2029\u202F\u205F\u2581\u3000\uFEFF\uFFFD]/;
    return spaces.test(character) ? ' ' : character;
  });
  const builder = new AlignedTextBuilder(cleaned.length);
  let at = 0;
  for (const part of cleaned.text.split(/(\uFF5E)/)) {
    const slice = cleaned.slice(at, at + part.length);
    builder.append(part === '\uFF5E' ? slice : toUnicodeForm(slice, 'NFKC'));
    at += part.length;
  }
  return builder.build();
}
