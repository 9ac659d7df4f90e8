import { describe, expect, it } from 'vitest';
import { bertTokenizer, smallTokenizer } from './tokenizers';

/** Mulberry32: the same strings in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Ranges of code points to draw from, plain ASCII more than once. */
const ranges = [
  [0x20, 0x7f], [0x20, 0x7f], [0x61, 0x7b], [0, 0x20], [0xa0, 0x250], [0x300, 0x370], [0x370, 0x530],
  [0x5d0, 0x6ff], [0x900, 0xe50], [0x1e00, 0x2070], [0x3040, 0x3100], [0x4e00, 0x4f00], [0xac00, 0xad00],
  [0xfb00, 0xfdff], [0xff00, 0xffef], [0x1d400, 0x1d500], [0x1f300, 0x1f6ff], [0xd800, 0xe000],
] as const;

function strings(count: number): string[] {
  const next = dice(7);
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(next() * 40) }, () => {
      const [low, high] = ranges[Math.floor(next() * ranges.length)]!;
      const code = low + Math.floor(next() * (high - low));
      return code >= 0xd800 && code < 0xe000 ? String.fromCharCode(code) : String.fromCodePoint(code);
    }).join(''),
  );
}

const tokenizers = {
  bert: bertTokenizer(),
  byteLevel: smallTokenizer('byteLevel'),
  unigram: smallTokenizer('unigram'),
  byteFallback: smallTokenizer('byteFallback'),
  wordEnd: smallTokenizer('wordEnd'),
};

describe.each(Object.entries(tokenizers))('any string read by %s', (_, tokenizer) => {
  it('gives ranges within the text, in order, each the text of its token', () => {
    const wrong = strings(800).flatMap((text) => {
      let start = 0;
      let end = 0;
      return tokenizer.encode(text).tokens.filter((token) => {
        if (token.special) return false;
        const inOrder = token.start >= start && token.end >= end && token.end >= token.start && token.end <= text.length;
        ({ start, end } = token);
        return !inOrder || (end > start && token.text !== text.slice(start, end));
      });
    });
    expect(wrong).toEqual([]);
  });
});

describe('the text under a token', () => {
  it('is its piece, once normalized, in BERT', () => {
    const { bert } = tokenizers;
    const plain = (text: string) => text.toLowerCase().normalize('NFD').replace(/[\p{Mn}\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]/gu, '');
    let compared = 0;
    for (const text of strings(1500)) {
      for (const token of bert.encode(text).tokens) {
        if (token.special || token.id === bert.unknownId) continue;
        // A character that decomposes, as a Hangul syllable does, may be spelled by several pieces.
        const piece = plain(token.piece.replace(/^##(?=.)/su, ''));
        const source = plain(token.text);
        if (source !== piece) expect(source, text).toContain(piece);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(2000);
  });

  it('put together is the text without its spaces, in a byte-level model', () => {
    const { byteLevel } = tokenizers;
    for (const text of strings(500).map((string) => string.replace(/\p{Cs}/gu, ''))) {
      let at = 0;
      const uncovered = byteLevel.encode(text).tokens.flatMap((token) => {
        if (token.special || token.end <= at) return [];
        const gap = text.slice(at, token.start);
        at = token.end;
        return gap === '' ? [] : [gap];
      });
      expect(uncovered.join('').trim(), JSON.stringify(text)).toBe('');
    }
  });
});
