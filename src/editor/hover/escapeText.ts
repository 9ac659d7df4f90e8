/** Characters that could leave their place: ASCII punctuation means something to Markdown, HTML, XML or `$(icons)`. */
const meaningful = /[!-/:-@[-`{-~]/g;

/** Control characters, line breaks, text direction overrides and unpaired surrogates: none belongs in a line of a card. */
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Text from a document or a vocabulary as one line that Markdown, HTML and SVG all show literally. */
export function escapeText(text: string): string {
  return text.replace(unprintable, ' ').replace(meaningful, (character) => `&#${character.charCodeAt(0)};`);
}

/** The text, cut after `length` characters with an ellipsis; a surrogate pair is never split. */
export function shorten(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
