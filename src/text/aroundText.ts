import { lineBreaksBefore } from './lines';

/** A part of a text. */
export interface TextPart {
  readonly text: string;
  /** Of the part in the whole. */
  readonly offset: number;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** Whether it is all there is. */
  readonly whole: boolean;
}

/** At most about `most` UTF-16 units of a text around an offset, cut at line ends where there are any. */
export function textAround(text: string, offset: number, most: number): TextPart {
  if (text.length <= most) return { text, offset: 0, line: 1, whole: true };
  const from = Math.max(0, Math.min(offset - Math.floor(most / 2), text.length - most));
  const to = from + most;
  const next = text.indexOf('\n', from);
  const last = text.lastIndexOf('\n', to - 1);
  const start = from === 0 ? 0 : next >= 0 && next < offset ? next + 1 : wholeCharacter(text, from);
  const end = to === text.length ? to : last >= offset ? last : wholeCharacter(text, to);
  return { text: text.slice(start, end), offset: start, line: 1 + lineBreaksBefore(text, start), whole: false };
}

/** The offset, moved off the middle of a surrogate pair. */
function wholeCharacter(text: string, offset: number): number {
  const unit = text.charCodeAt(offset);
  return unit >= 0xdc00 && unit <= 0xdfff ? offset + 1 : offset;
}
