import { escapeRegExp } from './patterns';

/** A stretch of code between two marks: a comment, a string, or code in which the marks of others mean nothing. */
export interface Stretch {
  /** Whether what lies between the marks is text to be read. */
  readonly isText: boolean;
  /** Source of a regular expression for the first mark, without groups that capture. */
  readonly open: string;
  /** The same for the last mark, which may depend on what the first one was. */
  readonly close: string | ((opened: string) => string);
  /** The same for what lies between the marks and looks like the last one, or like a hole, but is not. */
  readonly escape?: string;
  /** Ends with its line, if not before. */
  readonly oneLine?: boolean;
  /** Stretches of this kind lie within each other. */
  readonly nested?: boolean;
  /** Code within the text: `${…}`. */
  readonly holes?: readonly Hole[];
}

export interface Hole {
  readonly open: string;
  /** Its brackets, which are counted up to the one that ends it. */
  readonly brackets: '{}' | '()';
}

/** How a family of languages marks comments and strings. */
export interface CodeGrammar {
  readonly stretches: readonly Stretch[];
  /** Whether what lies between the stretches is text, as in markup. */
  readonly textBetween?: boolean;
}

const comment = (open: string, close = '$'): Stretch => ({ isText: true, open, close });
const nestedComment = (open: string, close: string): Stretch => ({ ...comment(open, close), nested: true });
const code = (open: string, close: string, rest: Partial<Stretch> = {}): Stretch => ({ isText: false, open, close, ...rest });

const backslash = '\\\\[^]';
const doubled = (quote: string): string => quote + quote;
/** A string of one line. */
const string = (quote: string, rest: Partial<Stretch> = {}): Stretch => ({
  isText: true, open: quote, close: quote, escape: backslash, oneLine: true, ...rest,
});
/** A string of any number of lines. */
const text = (quote: string, rest: Partial<Stretch> = {}): Stretch => string(quote, { oneLine: false, ...rest });

const dollarBraces: Hole = { open: '\\$\\{', brackets: '{}' };
const dollarParentheses: Hole = { open: '\\$\\(', brackets: '()' };
const hashBraces: Hole = { open: '#\\{', brackets: '{}' };
const braces: Hole = { open: '\\{', brackets: '{}' };

const slashes = comment('//+[/!]?');
const block = comment('/\\*+!?', '\\*/');
const nestedBlock = nestedComment('/\\*+!?', '\\*/');
const hash = comment('(?<![^\\s;(])#+!?');
const dashes = comment('--+');
const double = string('"');
/** No letter or digit stands before the quote of a string, as one does before an apostrophe and in `1'000`. */
const single: Stretch = { ...string("'"), open: "'(?<![\\p{L}\\p{N}_]')" };
const tripleDouble = text('"""');
const tripleSingle = text("'''");
/** A single character, so that its quotes are taken for nothing else: `'"'`, but not a lifetime `'a`. */
const character = code("'(?=(?:\\\\[^\\n]{1,9}?|[^'\\\\\\n])')", "'", { escape: backslash });

/** The bracket in reverse: `[==[` is closed by `]==]`. */
const luaLong = (opened: string): string => `\\]${/=*(?=\[$)/.exec(opened)![0]}\\]`;
/** Upper-case tags only: `1 <<n` is a number. */
const hereDocument: Stretch = {
  isText: true,
  open: '<<[-~]?["\']?[A-Z_][A-Z0-9_]+["\']?[^\\n]*\\n',
  close: (opened) => `^[ \\t]*${/[A-Z_][A-Z0-9_]+/.exec(opened)![0]}\\b`,
};

/** Where an operand is expected, a slash begins a regular expression and divides nothing. */
const regularExpression = code(
  '/(?![/*])(?<=(?:^|[=(,:;!&|?{\\[+\\-*%~^]|=>|\\b(?:return|typeof|case|in|of|delete|void|throw|new|do|else|yield|await))\\s*/)',
  '/[a-z]*',
  { escape: '\\\\.|\\[(?:\\\\.|[^\\]\\\\\\n])*\\]', oneLine: true },
);

const javaScript: CodeGrammar = {
  stretches: [slashes, block, text('`', { holes: [dollarBraces] }), double, single, regularExpression],
};
const withCharacters = (...more: readonly Stretch[]): CodeGrammar => ({ stretches: [...more, slashes, block, double, character] });
const markupComment = comment('<!--', '-->');

const grammars: readonly (readonly [languages: readonly string[], grammar: CodeGrammar])[] = [
  [['javascript', 'javascriptreact', 'typescript', 'typescriptreact'], javaScript],
  [['vue', 'svelte', 'astro'], { stretches: [markupComment, ...javaScript.stretches] }],
  [
    ['c', 'cpp', 'cuda-cpp', 'objective-c', 'objective-cpp', 'hlsl', 'glsl', 'shaderlab'],
    withCharacters(code('#[ \\t]*include\\b', '$'), {
      isText: true,
      open: '\\bR"[^\\s()\\\\]{0,16}\\(',
      close: (opened) => `\\)${escapeRegExp(opened.slice(2, -1))}"`,
    }),
  ],
  [
    ['csharp'],
    withCharacters(
      tripleDouble,
      text('"', { open: '@"', escape: doubled('"') }),
      text('"', { open: '(?:\\$@|@\\$)"', escape: `${doubled('"')}|\\{\\{`, holes: [braces] }),
      string('"', { open: '\\$"', escape: `${backslash}|\\{\\{`, holes: [braces] }),
    ),
  ],
  [['java'], withCharacters(tripleDouble)],
  [['go'], withCharacters(text('`', { escape: '(?!)' }))],
  [
    ['rust'],
    {
      stretches: [
        { isText: true, open: '\\bb?r#*"', close: (opened) => `"${/#*(?="$)/.exec(opened)![0]}` },
        slashes, nestedBlock, text('"'), character,
      ],
    },
  ],
  [
    ['kotlin', 'scala'],
    {
      stretches: [
        slashes, nestedBlock,
        text('"""', { escape: '(?!)', holes: [dollarBraces] }), string('"', { holes: [dollarBraces] }), character,
      ],
    },
  ],
  [
    ['swift'],
    {
      stretches: [
        slashes, nestedBlock,
        ...[text('"""'), double].map((one) => ({ ...one, escape: '\\\\[^(]', holes: [{ open: '\\\\\\(', brackets: '()' as const }] })),
      ],
    },
  ],
  [['dart'], { stretches: [slashes, nestedBlock, ...[tripleDouble, tripleSingle, double, single].map((one) => ({ ...one, holes: [dollarBraces] }))] }],
  [['groovy'], { stretches: [slashes, block, ...[tripleDouble, double].map((one) => ({ ...one, holes: [dollarBraces] })), tripleSingle, single] }],
  [['zig', 'proto', 'proto3', 'solidity', 'verilog', 'systemverilog', 'haxe', 'd'], withCharacters()],
  [['fsharp'], { stretches: [slashes, nestedComment('\\(\\*(?!\\))', '\\*\\)'), tripleDouble, text('"'), character] }],
  [['ocaml', 'reason'], { stretches: [nestedComment('\\(\\*', '\\*\\)'), text('"'), character] }],
  [['pascal', 'delphi'], { stretches: [slashes, comment('\\{', '\\}'), comment('\\(\\*', '\\*\\)'), string("'", { escape: doubled("'") })] }],
  [['php'], { stretches: [slashes, block, comment('#(?!\\[)'), hereDocument, text('"'), text("'")] }],
  [['css'], { stretches: [block, double, single] }],
  [['less', 'scss', 'sass', 'stylus'], { stretches: [comment('(?<!:)//+'), block, double, single] }],
  [
    ['json', 'jsonc', 'json5', 'jsonl'],
    // A key is a name, as an identifier is.
    { stretches: [slashes, block, code('"(?=(?:\\\\.|[^"\\\\\\n])*"\\s*:)', '"', { escape: backslash }), double] },
  ],
  [
    ['python'],
    {
      stretches: [
        comment('#+!?'),
        ...['"""', "'''"].flatMap((quote) => pythonStrings(text(quote))),
        ...['"', "'"].flatMap((quote) => pythonStrings(string(quote))),
      ],
    },
  ],
  [['shellscript', 'makefile', 'dockerfile'], { stretches: [code('\\\\["\'`#]', ''), hash, hereDocument, text('"', { holes: [dollarParentheses, dollarBraces] }), { ...text("'"), escape: '(?!)' }] }],
  [['ruby', 'crystal', 'coffeescript'], { stretches: [comment('^=begin\\b', '^=end\\b'), hash, hereDocument, text('"', { holes: [hashBraces] }), { ...single, oneLine: false }] }],
  [['elixir'], { stretches: [hash, ...[tripleDouble, text('"')].map((one) => ({ ...one, holes: [hashBraces] })), tripleSingle, single] }],
  [['perl', 'perl6'], { stretches: [comment('^=\\w+', '^=cut\\b'), hash, hereDocument, text('"'), { ...single, oneLine: false }] }],
  [['julia'], { stretches: [nestedComment('#=', '=#'), hash, ...[tripleDouble, text('"')].map((one) => ({ ...one, holes: [dollarParentheses] })), character] }],
  [['r', 'gdscript', 'graphql', 'cmake', 'hcl', 'terraform'], { stretches: [comment('#+!?'), tripleDouble, text('"'), single] }],
  [['nix'], { stretches: [hash, block, text('"', { holes: [dollarBraces] }), text("''", { escape: "'''|''\\$", holes: [dollarBraces] })] }],
  [
    ['powershell'],
    {
      stretches: [
        comment('<#', '#>'), hash,
        text('"', { open: '@"[ \\t]*\\n', close: '^"@', escape: '(?!)', holes: [dollarParentheses] }),
        text("'", { open: "@'[ \\t]*\\n", close: "^'@", escape: '(?!)' }),
        text('"', { escape: '`[^]|""', holes: [dollarParentheses] }),
        { ...text("'"), escape: doubled("'") },
      ],
    },
  ],
  [['yaml', 'dockercompose', 'github-actions-workflow', 'ansible'], { stretches: [comment('(?<!\\S)#+'), text('"'), { ...single, oneLine: false, escape: doubled("'") }] }],
  [['toml'], { stretches: [comment('#+'), tripleDouble, { ...tripleSingle, escape: '(?!)' }, double, { ...single, escape: '(?!)' }] }],
  [['ini', 'properties', 'editorconfig'], { stretches: [comment('^[ \\t]*[;#!]+')] }],
  [
    ['lua'],
    {
      stretches: [
        { isText: true, open: '--\\[=*\\[', close: luaLong },
        dashes,
        { isText: true, open: '\\[=*\\[(?![^\\n]*\\]\\])', close: luaLong },
        double, single,
      ],
    },
  ],
  [['sql', 'plsql', 'pgsql', 'mysql', 'postgres'], { stretches: [dashes, block, text("'", { escape: doubled("'") }), code('"', '"', { oneLine: true })] }],
  [['ada', 'vhdl'], { stretches: [dashes, string('"', { escape: doubled('"') }), character] }],
  [['haskell', 'elm', 'purescript', 'agda', 'idris'], { stretches: [comment('--+(?![!#$%&*+./<=>?@\\\\^|~:])'), nestedComment('\\{-[#|]?', '-\\}'), tripleDouble, double, { ...character, open: `${character.open}(?<![\\p{L}\\p{N}_]')` }] }],
  [['clojure', 'lisp', 'commonlisp', 'scheme', 'racket', 'elisp'], { stretches: [code('\\\\["\';]', ''), comment(';+'), nestedComment('#\\|', '\\|#'), text('"')] }],
  [['asm', 'nasm', 'asm-intel-x86-generic'], { stretches: [comment(';+'), double, single] }],
  [['erlang', 'prolog'], { stretches: [comment('%+'), text('"'), single] }],
  [['matlab', 'octave'], { stretches: [comment('%+'), string('"', { escape: doubled('"') }), { ...single, escape: doubled("'") }] }],
  [['fortran', 'FortranFreeForm', 'fortran-modern'], { stretches: [comment('!+'), double, single] }],
  [['vb'], { stretches: [comment("'"), string('"', { escape: doubled('"') })] }],
  [['bat'], { stretches: [comment('^[ \\t]*(?:@?[Rr][Ee][Mm]\\b|::)'), double] }],
  [
    ['html', 'xml', 'xsl', 'handlebars', 'svg'],
    {
      textBetween: true,
      stretches: [
        markupComment,
        code('<!\\[CDATA\\[', '\\]\\]>', { isText: true }),
        code('<(?=script\\b)', '</script>'),
        code('<(?=style\\b)', '</style>'),
        code('<(?=[A-Za-z/!?])', '>', { escape: '"[^"]*"|\'[^\']*\'' }),
        code('&(?=[#\\w]+;)', ';'),
      ],
    },
  ],
];

const byLanguage = new Map(grammars.flatMap(([languages, grammar]) => languages.map((language) => [language, grammar] as const)));

/** With an `f` before the quotes, braces hold code. */
function pythonStrings(plain: Stretch): Stretch[] {
  const formatted = { ...plain, open: `${plain.open}(?<=\\b(?:[fFtT][rR]?|[rR][fFtT])${plain.open})`, escape: `${backslash}|\\{\\{`, holes: [braces] };
  return [formatted, plain];
}

/** Languages that are text throughout. */
const prose = new Set([
  'plaintext', 'markdown', 'quarto', 'mdx', 'latex', 'tex', 'bibtex', 'restructuredtext', 'asciidoc', 'org', 'log',
  'git-commit', 'scminput', 'typst', 'pip-requirements',
]);

/** True for a language whose documents are text to be read rather than code. */
export function isProse(languageId: string): boolean {
  return prose.has(languageId);
}

/** How a language marks its comments and strings, by VS Code's name for it; null where that is not known. */
export function grammarOf(languageId: string): CodeGrammar | null {
  return byLanguage.get(languageId) ?? null;
}
