const signs: ReadonlyMap<string, string> = new Map([
  [' ', '·'],
  ['\u00a0', '⍽'],
  ['\t', '⇥'],
  ['\n', '↵'],
  ['\r', '␍'],
]);

// Controls, format characters (zero-width, bidirectional marks), line separators and lone surrogates show nothing.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const pictograph = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f/u;

/**
 * Text as the author wrote it, with what cannot be seen made visible: `·` for a space, `↵` for a newline,
 * `⟨U+200B⟩` for a zero-width space. Joiners inside an emoji stay, so that the emoji stays whole.
 */
export function visibleText(text: string): string {
  const characters = Array.from(text);
  return characters
    .map((character, index) => {
      const sign = signs.get(character);
      if (sign !== undefined) return sign;
      if (!unseen.test(character)) return character;
      const joins =
        character === '\u200d' &&
        pictograph.test(characters[index - 1] ?? '') &&
        pictograph.test(characters[index + 1] ?? '');
      if (joins) return character;
      return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
    })
    .join('');
}

/** Running text on one line: blanks are single spaces, other characters that cannot be seen are made visible. */
export function visibleLine(text: string): string {
  return text
    .split(/([\t\n\r \u00a0]+)/u)
    .map((part, index) => (index % 2 === 1 ? ' ' : visibleText(part)))
    .join('');
}

/** The first `length` characters of a text on one line, with an ellipsis where it was cut. */
export function excerpt(text: string, length: number): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= length ? line : `${characters.slice(0, length - 1).join('').trimEnd()}…`;
}

/** Characters of a text that a message repeats. */
const quotedCharacters = 60;

/** A text of anybody's as a message repeats it: on one line, and its beginning alone. */
export function quotedText(text: string): string {
  return excerpt(visibleLine(text.slice(0, 4 * quotedCharacters)), quotedCharacters);
}
