import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bleu, tokenize13a, type TranslatedPair } from '../../src/lenses/lineage/bleu';

interface BleuGolden {
  readonly tokens: readonly { readonly line: string; readonly tokens: readonly string[] }[];
  readonly corpora: readonly { readonly name: string; readonly pairs: readonly TranslatedPair[]; readonly bleu: number }[];
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'bleu', 'sacrebleu.json'), 'utf8')) as BleuGolden;

describe('BLEU against sacrebleu', () => {
  it('has cases, from nothing right to all right', () => {
    const scores = golden.corpora.map((corpus) => corpus.bleu);
    expect(scores.length).toBeGreaterThanOrEqual(12);
    expect([Math.min(...scores), Math.round(Math.max(...scores))]).toEqual([0, 100]);
    expect(scores.filter((score) => score > 5 && score < 95).length).toBeGreaterThanOrEqual(6);
  });

  it.each(golden.tokens)('parts %j as 13a does', ({ line, tokens }) => {
    expect(tokenize13a(line)).toEqual(tokens);
  });

  it.each(golden.corpora)('$name: $bleu', ({ bleu: theirs, pairs }) => {
    expect(Math.abs(bleu(pairs) - theirs)).toBeLessThanOrEqual(1e-6);
  });
});
