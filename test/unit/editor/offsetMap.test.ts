import { describe, expect, it } from 'vitest';
import { OffsetMap, type TextChange } from '../../../src/editor/source/offsetMap';

const range = { start: 10, end: 20 };
const change = (rangeOffset: number, rangeLength: number, text: string): TextChange => ({ rangeOffset, rangeLength, text });

describe('OffsetMap', () => {
  it('shifts a range by edits before it, and leaves it by edits after it', () => {
    const map = new OffsetMap();
    expect(map.apply([change(0, 2, 'hello')], [range])).toBe(false);
    expect(map.apply([change(40, 5, '')], [range])).toBe(false);
    expect(map.forward(range)).toEqual({ start: 13, end: 23 });
  });

  it('keeps text typed at either edge outside', () => {
    const map = new OffsetMap();
    expect(map.apply([change(10, 0, 'ab')], [range])).toBe(false);
    expect(map.apply([change(22, 0, 'cd')], [range])).toBe(false);
    expect(map.forward(range)).toEqual({ start: 12, end: 22 });
  });

  it('reports an edit inside, wherever the range has moved to', () => {
    const map = new OffsetMap();
    map.apply([change(0, 0, '12345')], [range]);
    expect(map.apply([change(12, 1, 'x')], [range])).toBe(false);
    expect(map.apply([change(16, 1, 'xyz')], [range])).toBe(true);
    expect(map.forward(range)).toEqual({ start: 15, end: 27 });
  });

  it('takes the changes of one event as counted from the document before it', () => {
    const map = new OffsetMap();
    map.apply([change(0, 0, 'ab'), change(5, 0, 'cd'), change(30, 0, 'ef')], [range]);
    expect(map.forward(range)).toEqual({ start: 14, end: 24 });
  });

  it('shrinks a range whose text was deleted', () => {
    const map = new OffsetMap();
    expect(map.apply([change(5, 30, '')], [range])).toBe(true);
    expect(map.forward(range)).toEqual({ start: 5, end: 5 });
  });

  it('goes back to the offsets of the earlier version', () => {
    const map = new OffsetMap();
    map.apply([change(0, 4, '')], [range]);
    map.apply([change(2, 0, 'xyz')], [range]);
    expect(map.backward(map.forward(range))).toEqual(range);
    expect(map.backward({ start: 12, end: 14 })).toEqual({ start: 13, end: 15 });
  });
});
