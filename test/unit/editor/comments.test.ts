import { describe, expect, it } from 'vitest';
import { inComment, isProse } from '../../../src/editor/hover/comments';

describe('inComment', () => {
  it.each([
    ['typescript', 'const a = 1; // the cow ', true],
    ['typescript', ' * the cow ', true],
    ['typescript', 'f(x); /* the cow ', true],
    ['typescript', 'const cow = ', false],
    ['typescript', '/* done */ const cow ', false],
    ['typescript', "fetch('https://cow", false],
    ['c', 'for (i = 0 ; i < n', false],
    ['c', '#include <cow', false],
    ['python', 'x = 1  # the cow ', true],
    ['python', 'cow = x', false],
    ['sql', 'select 1 -- the cow', true],
    ['css', '.cow { color: #fff', false],
    ['css', '/* the cow', true],
    ['brainfuck', '// the cow', false],
  ])('%s: %j → %s', (language, before, expected) => {
    expect(inComment(language, before)).toBe(expected);
  });

  it('knows text from code', () => {
    expect(['markdown', 'plaintext', 'typescript', 'json'].map(isProse)).toEqual([true, true, false, false]);
  });
});
