import { describe, expect, it } from 'vitest';
import type { AttentionMap, AttentionOverview } from '../../../src/lenses/attention/contract';
import { withCheck } from '../../../src/lenses/checks/append';
import { parseChecks } from '../../../src/lenses/checks/parse';
import { attentionLines, boundAbove, boundBelow, maskLines, nextSentenceLines, rankAbove } from '../../../src/lenses/checks/propose';
import type { Predictions } from '../../../src/lenses/predictions/contract';
import { LinePlaces } from '../../../src/text/linePlaces';
import { encoderInfo } from '../../support/encoderInfo';
import { fakeTokenizer } from '../../support/fakeModel';

describe('bounds of a proposal', () => {
  it.each([[0.47, 0.4], [0.0372, 0.03], [1, 1], [0.3, 0.3], [0.99999, 0.9], [0, 0], [7e-9, 7e-9]])('rounds %d down to %d', (value, bound) => {
    expect(boundBelow(value)).toBe(bound);
  });

  it.each([[0.47, 0.5], [0.0021, 0.003], [0.2, 0.2], [0.95, 1], [0, 0]])('rounds %d up to %d', (value, bound) => {
    expect(boundAbove(value)).toBe(bound);
  });

  it('holds for any value, with room', () => {
    for (let value = 1e-6; value < 1; value *= 1.013) {
      expect(boundBelow(value)).toBeLessThanOrEqual(value);
      expect(boundBelow(value)).toBeGreaterThan(value / 2.0001);
      expect(boundAbove(value)).toBeGreaterThanOrEqual(value);
    }
    expect([1, 2, 3, 4, 7, 14, 33, 34, 700].map(rankAbove)).toEqual([2, 5, 5, 10, 20, 50, 50, 100, 2000]);
  });
});

describe('proposals', () => {
  const text = 'the cow ate the grass';
  const { tokens } = fakeTokenizer().encode(text);
  const { length } = tokens;
  const overview = { model: encoderInfo, part: 'encoder', queries: tokens, tokens, written: null } as unknown as AttentionOverview;
  const weights = new Float32Array(length * length);
  const map: AttentionMap = { map: { kind: 'head', layer: 3, head: 4 }, weights };
  // [CLS] the cow ate the grass [SEP]
  weights[0 * length + 0] = 0.99;
  weights[2 * length + 2] = 0.95;
  weights[3 * length + 0] = 0.93;
  weights[3 * length + 4] = 0.62;
  weights[5 * length + 2] = 0.31;

  it('are of the strongest pair of different words, or of the followed token', () => {
    expect(attentionLines(overview, map, [text], null)).toEqual(['head 3.4: ate → the#2 >= 0.6']);
    expect(attentionLines(overview, map, [text], { side: 'query', token: 5 })).toEqual(['head 3.4: grass → cow >= 0.3']);
    expect(attentionLines(overview, map, [text], { side: 'key', token: 2 })).toEqual(['head 3.4: grass → cow >= 0.3']);
    expect(attentionLines(overview, map, [text], { side: 'key', token: 0 })).toEqual(['head 3.4: ate → [CLS] >= 0.9']);
    expect(attentionLines(overview, { ...map, map: { kind: 'model' } }, [text], null)).toEqual([]);
  });

  it('are of what fills a mask, and of what stood there', () => {
    const mask = { index: 5, original: { token: 'grass', id: 1, probability: 0.02, rank: 14 }, predictions: [{ token: 'hay', id: 2, probability: 0.34 }], candidates: [{ text: 'bread', pieces: ['bread'], probability: 0.001, rank: 90 }, { text: 'un known', pieces: [], probability: null, rank: null }], entropy: 1 };
    const answer = { model: encoderInfo, tokens, windowed: null, masks: [mask] } as unknown as Predictions;
    expect(maskLines(mask, answer, text)).toEqual([
      'P(hay) at grass rank <= 2', 'P(hay) at grass >= 0.3', 'P(grass) rank <= 50', 'P(grass) >= 0.02', 'P(bread) at grass rank <= 200', 'P(bread) at grass >= 0.001',
    ]);
    expect(maskLines(mask, { ...answer, masks: [mask, mask] }, text)).toEqual([]);
  });

  it('say of two sentences on which side they stand', () => {
    expect([nextSentenceLines(0.93), nextSentenceLines(0.04)]).toEqual([['next sentence >= 0.9'], ['next sentence <= 0.04']]);
  });
});

describe('withCheck', () => {
  const put = (source: string, text: Parameters<typeof withCheck>[1], line: string): string => {
    const { at, insert } = withCheck(source, text, line);
    return source.slice(0, at) + insert + source.slice(at);
  };
  const source = 'model: m\n\ntext: a b\n  P(a) > 0 # why\n\ntext: c\n  P(c) > 0';

  it('puts an expectation behind the others of its text, and leaves comments where they are', () => {
    expect(put(source, { text: 'a b', second: null, written: null }, 'P(b) > 0')).toBe(source.replace('# why\n', '# why\n  P(b) > 0\n'));
    expect(put(source.replaceAll('\n', '\r\n'), { text: 'a b', second: null, written: null }, 'P(b) > 0')).toContain('# why\r\n  P(b) > 0\r\n\r\ntext: c');
    expect(put(source, { text: 'c', second: null, written: null }, 'P(d) > 0')).toBe(`${source}\n  P(d) > 0`);
  });

  it('puts another text, or the same with another second, at the end', () => {
    expect(put(source, { text: 'c', second: ' odd', written: null }, 'next sentence > 0')).toBe(`${source}\n\ntext: c\nsecond: " odd"\n  next sentence > 0\n`);
    const file = put('model: m\n', { text: 'x', second: null, written: null }, 'P(x) > 0');
    expect(file).toBe('model: m\n\ntext: x\n  P(x) > 0\n');
    expect(parseChecks(file).faults).toEqual([]);
  });
});

describe('LinePlaces', () => {
  it('counts lines with any ends', () => {
    const places = new LinePlaces('a\r\nbc\rd\n');
    expect([0, 1, 3, 4, 6, 7, 8].map((offset) => { const { column, line } = places.at(offset); return [line, column]; })).toEqual([[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1], [3, 0]]);
  });
});
