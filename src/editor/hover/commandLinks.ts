import type { TextRange } from '../../text/range';

/** Commands that a card may link to; a card's Markdown trusts these and no others. */
export const commandLinks = ['headlight.hover.attention', 'headlight.hover.predict', 'headlight.hover.senses'] as const;
export type CommandLink = (typeof commandLinks)[number];

/** A range of a document, as a link's argument. */
export interface LinkedRange extends TextRange {
  readonly uri: string;
}

/** The `command:` URI that runs `command` on `range`, safe inside a Markdown link. */
export function commandUri(command: CommandLink, range: LinkedRange): string {
  const { uri, start, end } = range;
  const encoded = encodeURIComponent(JSON.stringify([{ uri, start, end }]));
  return `command:${command}?${encoded.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)}`;
}

/** The argument of a link as its command received it; null for anything else. */
export function linkedRange(argument: unknown): LinkedRange | null {
  if (typeof argument !== 'object' || argument === null) return null;
  const { uri, start, end } = argument as Partial<Record<keyof LinkedRange, unknown>>;
  return typeof uri === 'string' && Number.isInteger(start) && Number.isInteger(end)
    ? { uri, start: start as number, end: end as number }
    : null;
}
