import { widthAt } from './alignedText';
import { partsOf } from './componentConfig';
import type { ComponentConfig } from './componentConfig';
import type { TextRange } from './range';

/** A place in a model's input: one of the two texts, or a special token by its text. */
export type TemplatePart = { readonly sequence: 0 | 1 } | { readonly special: string };

/** Joins two lists of tokens with the special tokens around them, as `@huggingface/tokenizers` does. */
export type PostProcessor = (first: string[], second: string[] | null) => { tokens: string[]; tokens_pair?: string[] };

/** What a post-processor puts around one text, or around a pair. */
export function templateOf(process: PostProcessor | null, isPair: boolean): TemplatePart[] {
  // Private-use stand-ins for the texts, which no special token is spelled with.
  const standIns = ['\uE000', '\uE001'] as const;
  const second = isPair ? [standIns[1]] : null;
  const done = process === null ? { tokens: [standIns[0], ...(second ?? [])] } : process([standIns[0]], second);
  // The library's byte-level post-processor leaves the pair for the caller to append.
  const left = 'tokens_pair' in done && isPair && !done.tokens.includes(standIns[1]) ? (done.tokens_pair ?? []) : [];
  return [...done.tokens, ...left].map((token) => {
    const sequence = standIns.findIndex((standIn) => standIn === token);
    return sequence < 0 ? { special: token } : { sequence: sequence === 0 ? 0 : 1 };
  });
}

/** How byte-level models narrow ranges to leave out the spaces that their pieces begin with. */
export interface Trimming {
  readonly addsPrefixSpace: boolean;
}

/** The trimming that `post_processor` asks for, or null for none. */
export function trimmingOf(config: ComponentConfig | null): Trimming | null {
  if (config === null) return null;
  if (config.type === 'Sequence') {
    return partsOf(config, 'processors').map(trimmingOf).find((trimming) => trimming !== null) ?? null;
  }
  const trims = (config.type === 'ByteLevel' || config.type === 'RobertaProcessing') && config['trim_offsets'] === true;
  return trims ? { addsPrefixSpace: config['add_prefix_space'] === true } : null;
}

/** The range of a piece without the spaces at its ends, except the one that the tokenizer itself put in front. */
export function trim(source: string, range: TextRange, piece: string, isFirst: boolean, trimming: Trimming): TextRange {
  const trailing = /[Ġ\p{White_Space}]*$/u.exec(piece)?.[0].length ?? 0;
  let leading = /^[Ġ\p{White_Space}]*/u.exec(piece)?.[0].length ?? 0;
  if (leading === 1 && trimming.addsPrefixSpace && (isFirst || range.start === 0)) leading = 0;
  // A space is one character of the source, which may be a surrogate pair where the space was put before it.
  let { start, end } = range;
  while (leading-- > 0 && start < range.end) start += widthAt(source, start);
  for (let left = trailing; left > 0 && end > start; left--) end -= isLowSurrogate(source, end - 1) ? 2 : 1;
  return { start: Math.min(start, range.end), end: Math.max(end, start) };
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
