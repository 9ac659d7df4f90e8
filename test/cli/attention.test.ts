import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StandaloneAttention } from '../../src/standalone/contract';
import { fromBase64, unpackWeights } from '../../webview/unpackWeights';
import { commandLine } from '../support/headlight';

let headlight: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  headlight = await commandLine();
});

interface AttentionJson {
  readonly model: string;
  readonly device: string;
  readonly tokens: readonly { text: string; id: number; start: number; end: number; special: boolean; segment: number }[];
  readonly layers: number;
  readonly heads: number;
  readonly attention: readonly (readonly (readonly (readonly number[])[])[])[];
}

const text = 'The cow ate her treat that Sally gave.';

describe('headlight attention', () => {
  it('prints all layers and heads, each row summing to one', async () => {
    const { code, stdout, stderr } = await headlight(['attention', text, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const json = JSON.parse(stdout) as AttentionJson;
    expect(Object.keys(json)).toEqual(['model', 'device', 'part', 'tokens', 'layers', 'heads', 'attention']);
    expect([json.model, json.device, json.layers, json.heads]).toEqual(['encoder', 'cpu', 6, 12]);
    expect(json.attention.map((layer) => layer.length)).toEqual(new Array(6).fill(12));
    for (const head of json.attention.flat()) {
      expect(head).toHaveLength(json.tokens.length);
      for (const row of head) {
        expect(row).toHaveLength(json.tokens.length);
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
      }
    }
    for (const token of json.tokens) {
      expect(Object.keys(token)).toEqual(['text', 'id', 'start', 'end', 'special', 'segment']);
      if (!token.special) expect(text.slice(token.start, token.end)).toBe(token.text);
    }
  });

  it('prints the chosen layer and head only', async () => {
    const [all, one] = await Promise.all([
      headlight(['attention', text, '--json']),
      headlight(['attention', text, '--layer', '3', '--head', '7', '--json']),
    ]);
    const json = JSON.parse(one.stdout) as AttentionJson;
    expect([json.layers, json.heads]).toEqual([6, 12]);
    expect(json.attention).toHaveLength(1);
    expect(json.attention[0]).toHaveLength(1);
    expect(json.attention[0]![0]).toEqual((JSON.parse(all.stdout) as AttentionJson).attention[3]![7]);
  });

  it('takes a pair of sentences', async () => {
    const { stdout } = await headlight(['attention', 'The cow ate.', 'It slept.', '--layer', '0', '--json']);
    const { tokens } = JSON.parse(stdout) as AttentionJson;
    expect(new Set(tokens.map(({ segment }) => segment))).toEqual(new Set([0, 1]));
    expect(tokens.filter(({ special }) => special)).toHaveLength(3);
  });

  it('prints cross-attention of what a translator writes, and of a translation that is given', async () => {
    type Written = AttentionJson & { readonly part: string; readonly queries: AttentionJson['tokens']; readonly written: { readonly text: string; readonly inputs: AttentionJson['tokens']; readonly writes: AttentionJson['tokens'] } };
    const source = 'The cow jumped over the moon.';
    const args = ['attention', source, '--model', 'translator', '--layer', '5', '--json'];
    const [own, given, decoder] = (await Promise.all([
      headlight([...args, '--part', 'cross']),
      headlight([...args, '--part', 'cross', '--written', 'La vaca saltó por encima de la luna.']),
      headlight([...args, '--part', 'decoder']),
    ])).map(({ stdout }) => JSON.parse(stdout) as Written) as [Written, Written, Written];
    expect([own.part, own.layers, own.heads]).toEqual(['cross', 6, 8]);
    expect(own.written.text).toBe('La vaca saltó sobre la luna.');
    expect(own.queries).toEqual(own.written.writes);
    expect(own.tokens.map(({ text: piece }) => piece.trim())).toEqual(['The', 'cow', 'jumped', 'over', 'the', 'moon', '.', '</s>']);
    expect(given.queries.at(-1)).toMatchObject({ text: '</s>', special: true });
    expect(given.queries.length).toBe(own.queries.length + 2);
    for (const { attention, queries, tokens } of [own, given]) {
      for (const head of attention[0]!) {
        expect(head).toHaveLength(queries.length);
        for (const row of head) {
          expect(row).toHaveLength(tokens.length);
          expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 4);
        }
      }
    }
    expect(decoder.queries).toBeUndefined();
    expect(decoder.tokens).toEqual(decoder.written.inputs);
    decoder.attention[0]!.forEach((head) => { head.forEach((row, query) => { expect(row.slice(query + 1).every((weight) => weight === 0)).toBe(true); }); });
  });

  it.each([
    [['--model', 'encoder', '--part', 'cross'], 1, /encoder has no cross-attention. Choose an encoder–decoder/],
    [['--model', 'translator', '--part', 'cross', '--map', 'rollout', '--svg', '/dev/null'], 1, /does not roll out/],
    [['--model', 'rnn'], 1, /has no heads that attend/],
    [['--part', 'across'], 2, /--part is one of encoder, decoder, cross/],
    [['--written', 'La vaca.'], 2, /--written goes with --part/],
    [['--model', 'translator', '--part', 'cross', '--written', ' '], 1, /translation is empty/],
  ])('refuses %j', async (options, status, message) => {
    const { code, stdout, stderr } = await headlight(['attention', 'The cow jumped.', ...options]);
    expect([code, stdout]).toEqual([status, '']);
    expect(stderr).toMatch(message);
  });

  it('says for people what looks at what', async () => {
    const { stdout } = await headlight(['attention', 'The cow jumped.', '--model', 'rnn-attention']);
    expect(stdout).toMatch(/cross-attention while it writes “La vaca [^”]+”: from each written token to the source/);
    expect(stdout).toMatch(/ cow .* %/);
  });

  it('lists edges for people', async () => {
    const { code, stdout } = await headlight(['attention', text, '--layer', '0', '--head', '0']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/layer 0, head 0\n(\s*\S+ → \S+\s+\d+\.\d+ %\n){8}/);
  });

  it.each([
    [['--layer', '6'], /no layer 6.*6 layers/],
    [['--head', '12'], /no head 12.*12 heads/],
  ])('refuses %j', async (options, message) => {
    const { code, stdout, stderr } = await headlight(['attention', text, ...options, '--json']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });
});

describe('headlight attention as files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headlight-'));
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
  const file = (name: string): string => join(folder, name);

  it('writes a picture and its numbers', async () => {
    const { code, stdout } = await headlight(['attention', text, '--layer', '3', '--head', '1', '--svg', file('a.svg'), '--csv', file('a.csv'), '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ map: { kind: 'head', layer: 3, head: 1 }, files: [file('a.svg'), file('a.csv')] });
    const svg = readFileSync(file('a.svg'), 'utf8');
    expect(svg).toContain('<title>encoder · Layer 3, head 1</title>');
    expect(svg).toContain('>treat<');
    const rows = readFileSync(file('a.csv'), 'utf8').trim().split('\r\n');
    expect(rows).toHaveLength(12);
    for (const row of rows.slice(1)) {
      const sum = row.split(',').slice(-11).reduce((total, cell) => total + Number(cell), 0);
      expect(sum).toBeCloseTo(1, 4);
    }
  });

  it('draws other maps, as a matrix too', async () => {
    const { code } = await headlight(['attention', text, '--layer', '5', '--map', 'rollout', '--svg', file('b.svg'), '--drawing', 'matrix']);
    expect(code).toBe(0);
    expect(readFileSync(file('b.svg'), 'utf8')).toMatch(/Rollout up to layer 5[^]*<rect /);
  });

  it('draws pixels, twice as many as the picture is wide and high', async () => {
    const { code, stderr } = await headlight(['attention', text, '--layer', '3', '--head', '1', '--svg', file('d.svg'), '--png', file('d.png')]);
    expect([code, stderr]).toEqual([0, '']);
    const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(readFileSync(file('d.svg'), 'utf8'))!;
    const png = readFileSync(file('d.png'));
    expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([Number(width) * 2, Number(height) * 2]);
    // Lines and letters: text alone has more shades of grey than this.
    expect(new Set(inflateSync(pixelData(png))).size).toBeGreaterThan(100);
  });

  it('draws all heads, and writes what each does', async () => {
    const { code, stdout } = await headlight(['attention', text, '--drawing', 'grid', '--svg', file('f.svg'), '--png', file('f.png'), '--metrics', file('f.csv')]);
    expect([code, stdout]).toEqual([0, ['f.svg', 'f.png', 'f.csv'].map((name) => `${file(name)}: encoder · all heads\n`).join('')]);
    const svg = readFileSync(file('f.svg'), 'utf8');
    expect(svg.split('<image ')).toHaveLength(1 + 72 + 1);
    expect(svg.length).toBeLessThan(1_000_000);
    const png = readFileSync(file('f.png'));
    expect(png.readUInt32BE(16)).toBe(2 * Number(/width="(\d+)"/.exec(svg)![1]));
    // Thumbnails have many more colours than letters alone.
    expect(new Set(inflateSync(pixelData(png))).size).toBeGreaterThan(200);
    const rows = readFileSync(file('f.csv'), 'utf8').trim().split('\r\n').slice(1).map((row) => row.split(',').map(Number));
    expect(rows.map(([layer, head]) => layer! * 12 + head!)).toEqual(Array.from({ length: 72 }, (_, at) => at));
    // The head that the README names for looking back.
    expect(Math.max(...rows.map((row) => row[2]!))).toBeGreaterThan(0.9);
  });

  it('writes a page with the weights of all heads', async () => {
    const [{ code, stdout }, numbers] = await Promise.all([
      headlight(['attention', text, '--layer', '3', '--head', '1', '--html', file('e.html')]),
      headlight(['attention', text, '--json']),
    ]);
    expect([code, stdout]).toEqual([0, `${file('e.html')}: encoder · Layer 3, head 1\n`]);
    const data = /<script type="application\/json"[^>]*>([^<]*)</.exec(readFileSync(file('e.html'), 'utf8'))![1]!;
    const page = JSON.parse(data) as StandaloneAttention;
    expect(page).toMatchObject({ text, state: { layer: 3, head: 1 } });
    const { attention } = JSON.parse(numbers.stdout) as AttentionJson;
    const exact = attention.flat(3);
    const weights = await unpackWeights(fromBase64(page.weights));
    expect(weights).toHaveLength(exact.length);
    expect(Math.max(...exact.map((weight, at) => Math.abs(weight - weights[at]!)))).toBeLessThan(7.7e-6);
  });

  it('says which maps there are', async () => {
    expect(await headlight(['attention', text, '--svg', file('c.svg'), '--map', 'guess'])).toMatchObject({
      code: 2, stderr: expect.stringContaining('head, norms, layer, model, rollout') as string,
    });
  });

  it('says that a file could not be written', async () => {
    const { code, stderr } = await headlight(['attention', text, '--svg', file('no/such/folder.svg')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/folder\.svg could not be written: its folder does not exist/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

/** The compressed pixels of a PNG: its IDAT chunks, one after the other. */
function pixelData(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return Buffer.concat(parts);
}
