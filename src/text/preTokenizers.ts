import type { AlignedText } from './alignedText';
import { widthAt } from './alignedText';
import { toByteLevel } from './byteLevel';
import { punctuation } from './characterClasses';
import { partsOf } from './componentConfig';
import type { ComponentConfig, PatternConfig } from './componentConfig';
import { prepend, replace } from './normalizers';
import { escapeRegExp, regExpOf, split } from './patterns';
import type { SplitBehavior } from './patterns';

/** Cuts a normalized text into the words that the model splits into pieces one by one. */
export type PreTokenizer = (text: AlignedText) => AlignedText[];

const whiteSpaces = /\p{White_Space}/gu;
const punctuationMarks = new RegExp(punctuation.source, 'gu');
const numbers = /\p{N}/gu;
const wordsAndSymbols =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;
/** The word pattern of GPT-2. */
const gpt2Words =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** The pre-tokenizer that `tokenizer.json` describes, or null for a type that is not known. */
export function preTokenizerOf(config: ComponentConfig | null): PreTokenizer | null {
  if (config === null) return (text) => [text];
  switch (config.type) {
    case 'Sequence': {
      const parts = partsOf(config, 'pretokenizers').map(preTokenizerOf);
      if (parts.includes(null)) return null;
      return (text) => (parts as PreTokenizer[]).reduce((words, cutMore) => words.flatMap(cutMore), [text]);
    }
    case 'BertPreTokenizer':
      return (text) => cut(text, whiteSpaces, 'removed').flatMap((word) => cut(word, punctuationMarks, 'isolated'));
    case 'Whitespace':
      return (text) => cut(text, wordsAndSymbols, 'removed', true);
    case 'WhitespaceSplit':
      return (text) => cut(text, whiteSpaces, 'removed');
    case 'Punctuation':
      return (text) => cut(text, punctuationMarks, behaviorOf(config, 'isolated'));
    case 'Digits':
      return (text) => cut(text, numbers, config['individual_digits'] === true ? 'isolated' : 'contiguous');
    case 'Split': {
      const pattern = regExpOf(config['pattern'] as PatternConfig);
      if (pattern === null) return null;
      return (text) => cut(text, pattern, behaviorOf(config, 'isolated'), config['invert'] === true);
    }
    case 'ByteLevel':
      return byteLevel(config);
    case 'Metaspace':
      return metaspace(config);
    case 'FixedLength':
      return (text) => fixedLength(text, Number(config['length']));
    default:
      return null;
  }
}

function behaviorOf(config: ComponentConfig, otherwise: SplitBehavior): SplitBehavior {
  const behavior = config['behavior'];
  return typeof behavior === 'string' ? (behavior.toLowerCase() as SplitBehavior) : otherwise;
}

function cut(text: AlignedText, pattern: RegExp, behavior: SplitBehavior, invert = false): AlignedText[] {
  return split(text.text, pattern, behavior, invert).map(({ start, end }) => text.slice(start, end));
}

function byteLevel(config: ComponentConfig): PreTokenizer {
  const addsSpace = config['add_prefix_space'] === true;
  const cutsWords = config['use_regex'] !== false;
  return (text) => {
    const spaced = addsSpace && !text.text.startsWith(' ') ? prepend(text, ' ') : text;
    const words = cutsWords ? cut(spaced, gpt2Words, 'isolated') : [spaced];
    return words.map((word) => word.mapCharacters(toByteLevel));
  };
}

function metaspace(config: ComponentConfig): PreTokenizer {
  const mark = typeof config['replacement'] === 'string' ? config['replacement'] : '▁';
  const scheme = config['prepend_scheme'] ?? (config['add_prefix_space'] === false ? 'never' : 'always');
  const marks = new RegExp(escapeRegExp(mark), 'gu');
  return (text) => {
    let marked = replace(text, / /g, mark);
    const prepends = scheme === 'always' || (scheme === 'first' && text.startOf(0) === 0);
    if (prepends && !marked.text.startsWith(mark)) marked = prepend(marked, mark);
    return config['split'] === false ? [marked] : cut(marked, marks, 'mergedwithnext');
  };
}

function fixedLength(text: AlignedText, length: number): AlignedText[] {
  const words: AlignedText[] = [];
  let start = 0;
  while (start < text.length && length > 0) {
    let end = start;
    for (let i = 0; i < length && end < text.length; i++) end += widthAt(text.text, end);
    words.push(text.slice(start, end));
    start = end;
  }
  return words;
}
