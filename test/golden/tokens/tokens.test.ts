import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TextTokenizer } from '../../../src/text/tokenizer';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'test/golden/tokens');

/** Truth made by the Python library: see `test/golden/make_token_goldens.py`. */
const variants = {
  bert: 1400,
  bertCased: 280,
  bertAccents: 234,
  bertForms: 200,
  byteLevel: 350,
  byteLevelPrefix: 280,
  byteLevelUntrimmed: 156,
  byteLevelSplit: 156,
  unigram: 350,
  unigramFirst: 156,
  unigramNever: 175,
  byteFallback: 200,
  wordEnd: 234,
};

type Golden = [index: number, ids: number[], ranges: number[], words: number[], sequences: number[]];

function readLines(file: string): unknown[] {
  return readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);
}

const texts = readLines('texts.jsonl') as [string, string?][];

/** The library's name for "none" is −1 in the golden files. */
function encodeAsGolden(tokenizer: TextTokenizer, text: string, pair: string | undefined): Golden[1 | 2 | 3 | 4][] {
  const { tokens } = tokenizer.encode(text, pair);
  return [
    tokens.map((token) => token.id),
    tokens.flatMap((token) => [token.start, token.end]),
    tokens.map((token) => token.word ?? -1),
    tokens.map((token) => (token.special ? -1 : token.segment)),
  ];
}

describe.each(Object.entries(variants))('tokens of %s', (name, count) => {
  const [header, ...goldens] = readLines(`${name}.jsonl`) as [{ tokenizer: string; patch: object }, ...Golden[]];
  const json = JSON.parse(readFileSync(join(root, header.tokenizer), 'utf8')) as object;
  const tokenizer = TextTokenizer.fromJson({ ...json, ...header.patch }, {});

  it(`equals the Python library on ${count} texts`, () => {
    expect(goldens).toHaveLength(count);
    const wrong = goldens.flatMap(([index, ...expected]) => {
      const [text, pair] = texts[index]!;
      const actual = encodeAsGolden(tokenizer, text, pair);
      return JSON.stringify(actual) === JSON.stringify(expected) ? [] : [{ text, pair, expected, actual }];
    });
    expect(wrong.slice(0, 3), `${wrong.length} texts differ`).toEqual([]);
  });
});
