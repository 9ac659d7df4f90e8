import { describe, expect, it } from 'vitest';
import type { MaskPredictions, Predictions } from '../../../src/lenses/predictions/contract';
import { predictionsPage } from '../../../src/standalone/predictionsPage';
import { encoderInfo } from '../../support/encoderInfo';
import { fakeTokenizer } from '../../support/fakeModel';

const text = 'the cow jumped over the [MASK] .';
const hostile = '<script>x</script></style><img src=x onerror=x>"\'&';

function maskAt(index: number, own: Partial<MaskPredictions> = {}): MaskPredictions {
  return {
    index,
    original: null,
    predictions: [{ token: 'moon', id: 1, probability: 0.4 }, { token: '##s', id: 2, probability: 0.1 }],
    candidates: [],
    entropy: 4.37,
    ...own,
  };
}

function pageOf(masks: readonly MaskPredictions[], own: { text?: string; pair?: string; label?: string; temperature?: number; windowed?: Predictions['windowed'] } = {}): string {
  const { text: read = text, pair, label = '', temperature = 1, windowed = null } = own;
  const { tokens } = fakeTokenizer().encode(read, pair);
  const answer = { model: encoderInfo, tokens, windowed, masks };
  return predictionsPage({ answer, text: read, ...(pair !== undefined && { pair }), label, temperature, made: new Date('2026-05-04') });
}

/** What a reader sees of the body. */
const seen = (page: string): string => page.slice(page.indexOf('<body>')).replace(/<\/(td|th|p|h\d|dt|dd|caption)>/g, ' ').replace(/<[^>]*>/g, '').replace(/\s+/g, ' ');

describe('predictionsPage', () => {
  it('holds the text with its blanks, the settings, and every word with its number and its bar', () => {
    const page = pageOf([maskAt(6)], { label: 'lesson.md:12', temperature: 0.5, windowed: { read: 7, total: 9, explanation: 'Read 7 of 9 tokens.' } });
    const shown = seen(page);
    expect(shown).toContain('the cow jumped over the 1▁▁▁ .');
    for (const setting of ['Text lesson.md:12', 'Model encoder, 6 layers of 12 heads, on cpu', 'Temperature 0.5', 'Tokens 9', 'Read 7 of 9 tokens.', 'Made on 2026-05-04']) expect(shown).toContain(setting);
    expect(shown).toMatch(/1\. the ▁▁▁ \. Token 6, entropy 4\.37 bits\./);
    expect(shown).toMatch(/1 moon 40\.0.% +2 ##s 10\.0.%/);
    expect([...page.matchAll(/<rect width="([\d.]+)"/g)].map(([, width]) => Number(width))).toEqual([100, 25]);
    expect(page).toContain('<title>the cow jumped over the [MASK] . – Headlight</title>');
  });

  it('draws all bars to one scale, and says what stood there and what was asked', () => {
    const original = { token: 'cow', id: 3, probability: 0.0123, rank: 1009 };
    const candidates = [
      { text: 'treehouse', pieces: ['tree', '##house'], probability: 0.0004, rank: null },
      { text: '☃', pieces: ['[UNK]'], probability: null, rank: null },
    ];
    const page = pageOf([maskAt(2, { original, predictions: [{ token: 'dog', id: 4, probability: 0.8 }] }), maskAt(6, { candidates })]);
    expect([...page.matchAll(/<rect width="([\d.]+)"/g)].map(([, width]) => Number(width))).toEqual([100, 50, 12.5]);
    const shown = seen(page);
    expect(shown).toContain('the 1▁▁▁ jumped over the 2▁▁▁ .');
    expect(shown).toMatch(/1,009 cow · stood here 1\.2.%/);
    expect(shown).toMatch(/– treehouse · tree ##house: 2 pieces, scored jointly 0\.040.%/);
    expect(shown).toContain('– ☃ · holds characters that the vocabulary does not know –');
  });

  it('shows both texts of a pair, each with its own blanks', () => {
    const page = pageOf([maskAt(2), maskAt(5)], { text: 'the cow', pair: 'over her grass' });
    expect(seen(page)).toContain('the 1▁▁▁ over 2▁▁▁ grass');
  });

  it('has a policy that lets in its own style and nothing else, each time by another nonce', () => {
    const [page, other] = [pageOf([maskAt(6)]), pageOf([maskAt(6)])];
    const policyOf = (of: string): string => /Content-Security-Policy" content="([^"]*)"/.exec(of)![1]!;
    const nonce = /style-src 'nonce-([\w+/=]+)'/.exec(policyOf(page))![1]!;
    expect(policyOf(page)).toBe(`default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`);
    expect(page).toContain(`<style nonce="${nonce}">`);
    expect(policyOf(other)).not.toBe(policyOf(page));
    expect(page).not.toMatch(/<script|<link|\bstyle="|\bsrc=|href=|url\(|@import/);
  });

  it('lets no text, word or name out of its place', () => {
    const prediction = { token: hostile, id: 1, probability: 0.4 };
    const candidates = [{ text: hostile, pieces: [hostile, hostile], probability: 0.1, rank: null }];
    const page = pageOf([maskAt(1, { original: { ...prediction, rank: 1 }, predictions: [prediction], candidates })], { text: `cow ${hostile} \ud800 \u0007`, pair: hostile, label: hostile });
    expect(page).not.toMatch(/<script|<img|onerror=x>"/);
    expect(page.split('</style>')).toHaveLength(2);
    expect(page).toContain('&lt;script&gt;x&lt;/script&gt;&lt;/style&gt;&lt;img src=x onerror=x&gt;');
    expect(page).not.toMatch(/[\ud800-\udfff\u0007]/);
  });
});
