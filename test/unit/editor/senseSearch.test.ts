import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../src/editor/senseSearch/places';
import { estimate, planUpdate } from '../../../src/editor/senseSearch/planUpdate';

describe('planUpdate', () => {
  const file = (key: string, mtime = 1, size = 10) => ({ key, mtime, size });

  it('names what is new, changed or gone', () => {
    const known = [file('same'), file('touched'), file('grown'), file('gone')];
    const present = [file('same'), file('touched', 2), file('grown', 1, 11), file('new')];
    expect(planUpdate(known, present)).toEqual({ changed: [present[1], present[2], present[3]], removed: ['gone'] });
    expect(planUpdate(known, known)).toEqual({ changed: [], removed: [] });
  });

  it('takes a renamed file for one that has gone and one that is new', () => {
    expect(planUpdate([file('old')], [file('renamed')])).toEqual({ changed: [file('renamed')], removed: ['old'] });
  });

  it('estimates time and room', () => {
    expect(estimate(4_300_000, { tokensPerSecond: 2000, bytesPerWord: 57 })).toEqual({ tokens: 1_000_000, seconds: 500, indexBytes: 22_281_818 });
  });
});

describe('placeOf', () => {
  const hit = (start: number, end: number, form = 'stand') => ({ key: 'file:///a.md', start, end, form, similarity: 0.5 });
  const text = '# Music\n\n- She folded her\tmusic Stand\u202e and packed.\n';

  it('shows the sentence on one line with the word marked', () => {
    const start = text.indexOf('Stand');
    const place = placeOf(hit(start, start + 5), text)!;
    expect(place).toMatchObject({ line: 2, word: 'Stand', start, preview: 'She folded her music Stand⟨U+202E⟩ and packed.' });
    expect(place.preview.slice(...place.highlight)).toBe('Stand');
  });

  it('follows a word that has moved, and drops one that has gone', () => {
    const start = text.indexOf('Stand');
    expect(placeOf(hit(start - 7, start - 2), text)).toMatchObject({ start, end: start + 5 });
    expect(placeOf(hit(start, start + 5), text.replace('Stand', 'rack'))).toBeNull();
    expect(placeOf(hit(0, 5), `${' '.repeat(3000)}stand`)).toBeNull();
  });

  it('shortens a long sentence around the word', () => {
    const long = `${'before it '.repeat(20)}stand${' after it'.repeat(40)}.`;
    const { highlight, preview } = placeOf(hit(200, 205), long)!;
    expect(preview.length).toBeLessThan(220);
    expect(preview.slice(...highlight)).toBe('stand');
    expect(preview).toMatch(/^…(before|it) .*…$/);
  });
});
