import { describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../../src/lenses/model';
import { allOn, edgesIn, isHeadOff, isRowOff, withEdge, withHead, withLayer, withRow, withToken } from '../../../src/lenses/whatIf/chosen';
import { isAllOn } from '../../../src/lenses/whatIf/contract';
import { offCount, offItems, offText, switchedInfo } from '../../../src/lenses/whatIf/describe';
import { parsePlaces } from '../../../src/lenses/whatIf/parseSwitches';

const head = { part: 'encoder', layer: 3, head: 4 } as const;
const text = { ids: [101, 7, 8, 102], words: { 101: '[CLS]', 7: 'the', 8: 'cow', 102: '[SEP]' } };
const other = { ids: [101, 9, 102], words: { 9: 'moon' } };

describe('what is off', () => {
  it('is switched back by the same switch', () => {
    const off = withLayer(withHead(allOn, head), { part: 'cross', layer: 1 });
    expect(isHeadOff(off, head)).toBe(true);
    expect(isHeadOff(off, { part: 'cross', layer: 1, head: 7 })).toBe(true);
    expect(isHeadOff(off, { part: 'decoder', layer: 3, head: 4 })).toBe(false);
    expect(isAllOn(withLayer(withHead(off, head), { part: 'cross', layer: 1 }))).toBe(true);
  });

  it('is a layer for a row of heads, and the heads themselves for one of cross-attention', () => {
    expect(withRow(allOn, { part: 'encoder', layer: 2 }, 4)).toEqual(withLayer(allOn, { part: 'encoder', layer: 2 }));
    const row = { part: 'cross', layer: 2 } as const;
    const off = withRow(withHead(allOn, { ...row, head: 1 }), row, 3);
    expect(off.heads).toEqual([0, 1, 2].map((at) => ({ ...row, head: at })));
    expect([isRowOff(off, row, 3), isRowOff(withHead(off, { ...row, head: 0 }), row, 3)]).toEqual([true, false]);
    expect(withRow(off, row, 3)).toEqual(allOn);
  });

  it('holds tokens and edges of one text at a time', () => {
    const edge = { part: 'encoder', layer: null, head: 2, query: 1, key: 2 } as const;
    const off = withToken(withEdge(withHead(allOn, head), edge, text), 2, 'hidden', text);
    expect(edgesIn(off, { part: 'encoder', layer: 5, head: 2 }, text.ids)).toEqual([edge]);
    expect(edgesIn(off, { part: 'encoder', layer: 5, head: 3 }, text.ids)).toEqual([]);
    expect(edgesIn(off, { part: 'encoder', layer: 5, head: 2 }, other.ids)).toEqual([]);
    expect(withToken(off, 2, 'deleted', text).tokens).toEqual([{ token: 2, to: 'deleted' }]);
    expect(withToken(off, 2, null, text)).toMatchObject({ tokens: [], edges: [edge], ids: text.ids });
    const moved = withToken(off, 1, { id: 8 }, other);
    expect(moved).toMatchObject({ heads: [head], edges: [], tokens: [{ token: 1, to: { id: 8 } }], ids: other.ids });
    expect(withEdge(off, edge, text).edges).toEqual([]);
  });

  it('is told in words, one by one, each with what is left without it', () => {
    const edges = [{ part: 'encoder', layer: 3, head: null, query: 1, key: 2 }, { part: 'cross', layer: 2, head: 1, query: 5, key: 2 }, { part: 'encoder', layer: null, head: null, query: 9, key: 0 }] as const;
    const switched = withToken(withToken(withHead(allOn, head), 2, { id: 55 }, { ...text, words: { ...text.words, 55: '<b>' } }), 1, 'deleted', text);
    const off = { ...edges.reduce((all, edge) => withEdge(all, edge, text), switched), layers: [{ part: 'decoder', layer: 0 }] as const, withoutPositions: true };
    const items = offItems(off);
    expect(items.map((item) => item.text)).toEqual([
      'head 3.4', 'decoder layer 0', 'edge “the” → “cow” in layer 3', 'cross-attention edge place 5 → “cow” in head 2.1', 'edge token 9 → “[CLS]” everywhere',
      '“cow” replaced by “<b>”', '“the” deleted', 'position embeddings',
    ]);
    expect(offCount(off)).toBe(8);
    for (const { without } of items) expect(offCount(without)).toBe(7);
    expect(offItems(items.at(-1)!.without).map((item) => item.text)).not.toContain('position embeddings');
  });

  it('counts edges of a decoder in places where what it reads is elsewhere', () => {
    const edge = { part: 'decoder', layer: 1, head: 0, query: 2, key: 1 } as const;
    expect(offItems(withEdge(allOn, edge, { ...text, anew: true }))[0]!.text).toBe('decoder edge place 2 → place 1 in head 1.0');
    expect(offItems(withEdge(allOn, edge, text))[0]!.text).toBe('decoder edge “cow” → “the” in head 1.0');
  });

  it('is said beside the name of the model', () => {
    expect(offText(allOn)).toBe('');
    expect(switchedInfo({ name: 'encoder' } as ModelInfo, withHead(allOn, head))).toMatchObject({ name: 'encoder with head 3.4 off', switches: { heads: [head] } });
    expect(offText({ ...withHead(allOn, head), ablation: 'mean' })).toBe('head 3.4 off (mean)');
    expect(offText({ ...withLayer(withHead(allOn, head), { part: 'cross', layer: 0 }), withoutPositions: true })).toBe('head 3.4, cross-attention layer 0 and positions off');
    expect(offText(withToken(withHead(allOn, head), 1, 'hidden', text))).toBe('2 off');
  });
});

describe('heads and layers that are written', () => {
  it('are read with their part, or in the usual one', () => {
    expect(parsePlaces('3.4, 5.11;2 cross:0.1 cross:3', 'encoder')).toEqual({
      heads: [head, { part: 'encoder', layer: 5, head: 11 }, { part: 'cross', layer: 0, head: 1 }],
      layers: [{ part: 'encoder', layer: 2 }, { part: 'decoder', layer: 3 }],
    });
    expect(parsePlaces('', 'decoder')).toEqual({ heads: [], layers: [] });
  });

  it('are refused with the word that is neither', () => {
    for (const word of ['3.', '.4', '3.4.5', '-1', 'nose:1', 'x', '99999']) {
      let bad = '';
      expect(parsePlaces(`1.1 ${word}`, 'encoder', (given) => { bad = given; })).toBeNull();
      expect(bad).toBe(word);
    }
  });
});
