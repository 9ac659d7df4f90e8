/** Languages that are text throughout. */
const prose = new Set([
  'plaintext', 'markdown', 'quarto', 'latex', 'tex', 'bibtex', 'restructuredtext', 'asciidoc', 'org', 'log',
  'git-commit', 'scminput', 'typst',
]);

/** Line comments by language; what is not listed shows no card in code. */
const lineComments: readonly (readonly [marker: RegExp, languages: readonly string[]])[] = [
  [
    /(^|[\s;{}(),])\/\//,
    [
      'c', 'cpp', 'csharp', 'cuda-cpp', 'dart', 'fsharp', 'go', 'groovy', 'java', 'javascript', 'javascriptreact', 'jsonc',
      'kotlin', 'less', 'objective-c', 'objective-cpp', 'php', 'rust', 'scala', 'scss', 'swift', 'typescript',
      'typescriptreact', 'vue', 'svelte', 'zig',
    ],
  ],
  [
    /(^|\s)#[\s#!]/,
    [
      'coffeescript', 'dockerfile', 'elixir', 'julia', 'makefile', 'nix', 'perl', 'powershell', 'properties', 'python', 'r',
      'ruby', 'shellscript', 'toml', 'yaml', 'dockercompose', 'gdscript',
    ],
  ],
  [/(^|\s)--(\s|$|\[)/, ['ada', 'elm', 'haskell', 'lua', 'sql', 'vhdl']],
  [/(^|\s);/, ['asm', 'clojure', 'ini', 'lisp', 'scheme']],
  [/(^|\s)%/, ['erlang', 'matlab', 'prolog']],
];

/** A line inside or at the start of a block comment, as most styles write it. */
const blockComment = /^\s*(\/\*|\*(\s|$)|<!--)(?!.*(\*\/|-->))|(^|\s)\/\*(?!.*\*\/)/;

/** True for a language whose documents are text to be read rather than code. */
export function isProse(languageId: string): boolean {
  return prose.has(languageId);
}

/**
 * Whether a place in a line of code stands in a comment, judged by the line alone: text after a line comment's
 * marker, or a line that looks like part of a block comment. A marker inside a string is taken for a comment.
 */
export function inComment(languageId: string, lineBefore: string): boolean {
  const markers = lineComments.filter(([, languages]) => languages.includes(languageId)).map(([marker]) => marker);
  return markers.some((marker) => marker.test(lineBefore)) || (usesBlocks(languageId) && blockComment.test(lineBefore));
}

function usesBlocks(languageId: string): boolean {
  return languageId === 'css' || languageId === 'xml' || (lineComments[0]?.[1].includes(languageId) ?? false);
}
