import { describe, expect, it } from 'vitest';
import type { AttentionLink } from '../../../src/link/attentionLink';
import { inOwnDocument, placeText } from '../../../src/link/placeText';

const linked = (first: string, offset: number, rest: Partial<AttentionLink> = {}): AttentionLink => ({
  model: { name: 'encoder' }, otherModel: null, label: 'a.md:1', first: { text: first, offset }, selection: { start: 0, end: 0 }, state: {}, ...rest,
});

describe('placeText', () => {
  it('prefers the place of the link, even where the text stands twice', () => {
    expect(placeText(linked('cow', 4), 'cow cow')).toMatchObject({ first: { start: 4, end: 7 } });
  });

  it('finds a text that has moved, with its selection, if it stands there once', () => {
    expect(placeText(linked('a cow', 0, { selection: { start: 2, end: 5 } }), 'Now: a cow.')).toEqual({ first: { start: 5, end: 10 }, selection: { start: 7, end: 10 } });
    expect(placeText(linked('cow', 1), 'cow cow')).toBeNull();
    expect(placeText(linked('cow', 0), 'A cat.')).toBeNull();
    expect(placeText(linked('cow', 9e15), 'A cat.')).toBeNull();
  });

  it('finds both texts of a pair, in order, or none', () => {
    const pair = linked('One.', 0, { second: { text: 'Two.', offset: 5 } });
    expect(placeText(pair, 'Zero. One. Two.')).toMatchObject({ first: { start: 6, end: 10 }, second: { start: 11, end: 15 } });
    expect(placeText(pair, 'Two. One.')).toBeNull();
    expect(placeText(pair, 'One.')).toBeNull();
  });

  it('takes the line breaks of the document', () => {
    const link = linked('a\nb c', 0, { selection: { start: 2, end: 3 } });
    expect(placeText(link, 'x\r\na\r\nb c')).toEqual({ first: { start: 3, end: 9 }, selection: { start: 6, end: 7 } });
    expect(placeText(linked('a\r\nb', 0), 'a\nb')).toMatchObject({ first: { start: 0, end: 3 } });
  });
});

describe('inOwnDocument', () => {
  it('holds the texts where its link has them', () => {
    const pair = linked('a\r\nb', 70, { second: { text: 'c\rd', offset: 90 }, selection: { start: 3, end: 4 } });
    const { link, content } = inOwnDocument(pair);
    expect(content).toBe('a\nb\nc\nd');
    expect(placeText(link, content)).toEqual({ first: { start: 0, end: 3 }, second: { start: 4, end: 7 }, selection: { start: 2, end: 3 } });
  });
});
