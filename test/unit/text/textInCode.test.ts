import { describe, expect, it } from 'vitest';
import { grammarOf, isProse } from '../../../src/text/codeGrammars';
import { textInCode } from '../../../src/text/textInCode';

const read = (language: string, code: string): string[] =>
  textInCode(code, grammarOf(language)!).map(({ start, end }) => code.slice(start, end).trim()).filter((text) => text !== '');

describe('textInCode', () => {
  it.each<[language: string, code: string, text: readonly string[]]>([
    // JavaScript and TypeScript
    ['typescript', 'const a = 1; // the cow\nb();', ['the cow']],
    ['typescript', 'fetch("https://cow.example/a"); // real', ['https://cow.example/a', 'real']],
    ['typescript', '/** the\n * cow */ const cow = 1;', ['the\n * cow']],
    ['typescript', '/* a /* b */ cow', ['a /* b']],
    ['typescript', String.raw`say("a \" // b") // c`, [String.raw`a \" // b`, 'c']],
    ['typescript', "say('cow\\\nmoon')", ['cow\\\nmoon']],
    ['typescript', "say('cow\nconst moon = 'dog'", ['cow', 'dog']],
    ['typescript', 'const t = `the ${animal("big")} jumped ${`over ${it}`} once`; moon', ['the', 'big', 'jumped', 'over', 'once']],
    ['typescript', 'const t = `a ${ { b: 1 }.b } c`;', ['a', 'c']],
    ['typescript', 'a = /["\'`]/.test(b); // cow', ['cow']],
    ['typescript', 'a = /[/"]\\/"/g; "cow"', ['cow']],
    ['typescript', 'return /"/ || "cow"', ['cow']],
    ['typescript', 'a = b / c; d = "cow" / 2', ['cow']],
    ['typescript', 'const open = `the cow\nnever ends', ['the cow\nnever ends']],
    ['javascriptreact', "<p>don't</p> // cow", ['cow']],
    // Python
    ['python', 'x = 1  # the cow\ncow = x', ['the cow']],
    ['python', 'def f():\n    """The cow\n    jumped."""\n    return cow', ['The cow\n    jumped.']],
    ['python', "a = '# no comment'  # one", ['# no comment', 'one']],
    ['python', 'f"the {cow[\'name\']} and {{moon}}"', ['the', 'name', 'and {{moon}}']],
    ['python', 'rf"the {cow} moon" + r"a\\" b"+"dog"', ['the', 'moon', 'a\\" b', 'dog']],
    ['python', '"""a "quoted" cow""" + \'\'\'it\'s\'\'\'', ['a "quoted" cow', "it's"]],
    ['python', "'cow\nmoon", ['cow']],
    // C and C++
    ['c', '#include <cow>\nfor (i = 0; i < n; i++) puts("moon");', ['moon']],
    ['c', '#include "cow.h" // moon', []],
    ['c', "char q = '\"'; puts(\"cow\"); char r = '\\''; // moon", ['cow', 'moon']],
    ['cpp', 'auto s = R"x(the "cow" )" moon)x"; int n = 1\'000\'000; // dog', ['the "cow" )" moon', 'dog']],
    // Rust: lifetimes, nested comments, raw strings
    ['rust', "fn f<'a>(x: &'a str) { /* a /* b */ c */ g(\"cow\") }", ['a /* b */ c', 'cow']],
    ['rust', 'let s = r#"the "cow""#; let t = "moon\n    dog";', ['the "cow"', 'moon\n    dog']],
    // Java, C#, Go, Kotlin, Swift
    ['java', 'String s = """\n  the "cow"\n  """; char c = \'"\'; // moon', ['the "cow"', 'moon']],
    ['csharp', 'var p = @"C:\\cow\\"; var s = $"the {cow} {{moon}}"; var q = @"a ""b"" c";', ['C:\\cow\\', 'the', '{{moon}}', 'a ""b"" c']],
    ['go', 'a := `the\ncow\\`; b := \'"\' // moon', ['the\ncow\\', 'moon']],
    ['kotlin', 'val s = "the ${cow("big")} moon $dog" /* a /* b */ c */', ['the', 'big', 'moon $dog', 'a /* b */ c']],
    ['swift', String.raw`let s = "the \(cow("big")) moon" // dog`, ['the', 'big', 'moon', 'dog']],
    // Shell, Ruby, Perl, PHP, Lua, SQL
    ['shellscript', 'echo "the $(cow "big") moon" # dog\necho ${#cow} a#b', ['the', 'big', 'moon', 'dog']],
    ['shellscript', "cat <<'EOF'\nthe cow's moon\nEOF\nrun cow # dog", ["the cow's moon", 'dog']],
    ['shellscript', "echo 'a\\' # cow", ['a\\', 'cow']],
    ['ruby', '=begin\nthe cow\n=end\nputs "a #{cow "b"} c" # moon', ['the cow', 'a', 'b', 'c', 'moon']],
    ['php', '<?php # cow\n$a = \'it\\\'s\'; #[Attribute]\n// moon', ['cow', "it\\'s", 'moon']],
    ['lua', '--[==[ the\n]] cow ]==] x = [[a\nb]] -- moon', ['the\n]] cow', 'a\nb', 'moon']],
    ['sql', "select 'the cow''s' as \"moon\" -- dog", ["the cow''s", 'dog']],
    // Others
    ['haskell', "f' x = '\"' : \"cow\" -- moon\n{- a {- b -} c -} y --> z", ['cow', 'moon', 'a {- b -} c']],
    ['json', '{ "cow": "moon", "a": ["dog: \\"x\\""] }', ['moon', 'dog: \\"x\\"']],
    ['yaml', "a: it's b # cow\nc: \"moon # dog\"\nd: e#f", ['cow', 'moon # dog']],
    ['toml', "path = 'C:\\cow\\' # moon", ['C:\\cow\\', 'moon']],
    ['css', '/* the cow */ .moon { color: #fff; content: "dog" }', ['the cow', 'dog']],
    ['scss', '@import url(https://cow); // moon', ['moon']],
    ['html', '<p class="cow">The <b>moon</b> &amp; dog</p><script>let s = "spoon";</script><!-- dish -->', ['The', 'moon', 'dog', 'dish']],
    ['powershell', '<# cow #> $a = "the `"moon`" $(dog "b")" # c', ['cow', 'the `"moon`"', 'b', 'c']],
    ['clojure', "(def a 'cow) \"moon \\\" dog\" ; dish", ['moon \\" dog', 'dish']],
    ['julia', '#= a #= b =# c =# f(x\') # cow', ['a #= b =# c', 'cow']],
    ['fortran', "print *, 'cow' ! moon", ['cow', 'moon']],
  ])('%s: %j', (language, code, text) => {
    expect(read(language, code)).toEqual(text);
  });

  it('knows the whole of which a template string is in pieces', () => {
    const code = 'x = `the ${cow} jumped`;';
    const [before, after] = textInCode(code, grammarOf('javascript')!);
    expect(before!.whole).toEqual(after!.whole);
    expect(code.slice(before!.whole.start, before!.whole.end)).toBe('the ${cow} jumped');
  });

  it('reads every grammar without a mark in vain, and ends at the end of the code', () => {
    const languages = ['d', 'dart', 'nix', 'perl', 'elixir', 'groovy', 'matlab', 'erlang', 'vb', 'bat', 'pascal', 'ocaml', 'fsharp', 'ini', 'ada', 'asm', 'r', 'vue'];
    for (const language of languages) {
      expect(read(language, 'cow')).toEqual([]);
      const unterminated = textInCode(`${'(* /* # -- // ; % " \' `'.repeat(3)}\n"cow`, grammarOf(language)!);
      for (const { start, end } of unterminated) expect(end).toBeGreaterThan(start);
    }
  });

  it('does not know an unheard-of language', () => {
    expect(grammarOf('brainfuck')).toBeNull();
    expect(['markdown', 'plaintext', 'typescript', 'json'].map(isProse)).toEqual([true, true, false, false]);
  });
});
