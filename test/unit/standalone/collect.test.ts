import { describe, expect, it } from 'vitest';
import type { LensResult } from '../../../src/lenses/calls';
import { collectAttention, type AskAttention } from '../../../src/standalone/collect';
import { inScript } from '../../../src/standalone/page';
import type { Token } from '../../../src/text/token';
import { fromBase64, unpackWeights } from '../../../webview/unpackWeights';
import { encoderInfo } from '../../support/encoderInfo';

function tokensOf(count: number, start: number): Token[] {
  return Array.from({ length: count }, (_, at): Token => {
    const special = at === 0 || at === count - 1;
    return { id: at, piece: `t${at}`, text: `t${at}`, special, segment: 0, word: special ? null : at, start: special ? 0 : start + at, end: special ? 0 : start + at + 1 };
  });
}

/** Answers with maps whose every weight names its layer and head. */
function model(count: number, start = 0): { readonly ask: AskAttention; readonly asked: string[] } {
  const asked: string[] = [];
  const ask = (method: string, request: object): Promise<unknown> => {
    asked.push(method);
    if (method === 'attention/overview') {
      const overview: LensResult<'attention/overview'> = {
        model: encoderInfo, part: 'encoder', queries: tokensOf(count, start), tokens: tokensOf(count, start), written: null, windowed: null,
        layers: 2, heads: 3, kinds: ['self', 'self'], rows: count, columns: count, thumbnails: new Uint8Array(),
      };
      return Promise.resolve(overview);
    }
    const { map } = request as { map: { layer: number; head: number } };
    return Promise.resolve({ map, weights: new Float32Array(count * count).fill((map.layer * 3 + map.head) / 10) });
  };
  return { ask: ask as AskAttention, asked };
}

describe('a page of its own', () => {
  it('holds each head in its place', async () => {
    const page = await collectAttention(model(4).ask, { text: 'abcdefgh' }, { label: 'a.md:1', state: null });
    const weights = await unpackWeights(fromBase64(page.weights));
    expect(weights).toHaveLength(2 * 3 * 16);
    expect(Array.from({ length: 6 }, (_, head) => weights[head * 16]!.toFixed(3))).toEqual(['0.000', '0.100', '0.200', '0.300', '0.400', '0.500']);
  });

  it('holds no more of a long document than its tokens cover', async () => {
    const text = `${'secret '.repeat(1000)}abcd${' secret'.repeat(1000)}`;
    const page = await collectAttention(model(6, 6999).ask, { text }, { label: '', state: null });
    expect(page.text).toBe('abcd');
    expect(JSON.stringify(page)).not.toContain('secret');
  });

  it('refuses a text whose heads would make a file of tens of megabytes, before it asks for them', async () => {
    const { ask, asked } = model(1300);
    await expect(collectAttention(ask, { text: 'a' }, { label: '', state: null })).rejects.toMatchObject({
      code: 'text-too-long',
      message: expect.stringMatching(/has 1300 tokens.*up to 1290\. Choose a shorter text/) as string,
    });
    expect(asked).toEqual(['attention/overview']);
  });

  it('keeps its data in one script element, whatever the text is', () => {
    const hostile = ['</script><script>alert(1)</script>', '<!--', ']]>', '\u2028', '&lt;'];
    const written = inScript(hostile);
    expect(written).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(written)).toEqual(hostile);
  });
});
