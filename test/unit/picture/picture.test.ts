import { describe, expect, it } from 'vitest';
import { decode } from 'fast-png';
import { barsPicture } from '../../../src/picture/barsPicture';
import { csvOf, csvTable } from '../../../src/picture/csv';
import { firstWords, type GridCell, gridPicture, type GridPicture } from '../../../src/picture/gridPicture';
import { linesPicture } from '../../../src/picture/linesPicture';
import { labelWidth, type MapPicture, type PictureColors, shortLabel } from '../../../src/picture/mapPicture';
import { matrixPicture } from '../../../src/picture/matrixPicture';
import { pointsPicture } from '../../../src/picture/pointsPicture';
import { element, svgFile } from '../../../src/picture/svg';

const colors: PictureColors = {
  background: '#ffffff', foreground: '#000000', muted: '#777777', data: '#0000ff',
  ramp: (level) => `rgb(${Math.round(level * 255)}, 0, 0)`,
};
const picture: MapPicture = {
  queries: ['the', 'cow'], keys: ['<b>', 'x & "y"', '牛'], weights: Float32Array.of(0.5, 0.25, 0.25, 0, 1, 0.001), max: 1,
  title: 'encoder · layer 3, head 1', note: '',
};
const count = (text: string, part: string): number => text.split(part).length - 1;

describe('SVG', () => {
  it('escapes text and attributes, and control characters', () => {
    expect(element('text', { title: '"<' }, 'a < b & c\u0000\ud800').markup).toBe('<text title="&quot;&lt;">a &lt; b &amp; c\ufffd\ufffd</text>');
    expect(svgFile(10.2, 5, '</title><script>', [])).toContain('<title>&lt;/title&gt;&lt;script&gt;</title>');
  });

  it('keeps astral characters whole', () => {
    expect(element('text', {}, '🐄').markup).toBe('<text>🐄</text>');
  });
});

describe('a picture of bars', () => {
  const bar = (label: string, value: number) => ({ label, value, text: `${value * 100} %` });
  const svg = barsPicture(
    { title: 'encoder', note: '', groups: [{ heading: 'the ▁▁▁ .', bars: [bar('<b>', 0.5), bar('moon', 0.25)] }, { heading: 'a ▁▁▁', bars: [bar('cow', 0.125)] }] },
    colors,
  );

  it('draws every bar to one scale, and names what it escapes', () => {
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)" height="14"/g)].map(([, width]) => Number(width));
    expect(widths).toEqual([240, 120, 60]);
    expect(svg).toContain('&lt;b&gt;');
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('50 %');
    expect(count(svg, '▁▁▁')).toBe(2);
  });

  it('has room for what stands behind a bar, and for its headings', () => {
    const widthOf = (text: string, heading: string): number =>
      Number(/width="(\d+)"/.exec(barsPicture({ title: 'x', note: '', groups: [{ heading, bars: [{ label: 'a', value: 1, text }] }] }, colors))![1]);
    const words = '45.4 % rather from elsewhere';
    expect(widthOf(words, '')).toBeGreaterThan(16 + labelWidth('a') + 240 + labelWidth(words));
    expect(widthOf('', 'h'.repeat(80))).toBeGreaterThan(16 + labelWidth('h'.repeat(80)));
  });

  it('is empty but whole without bars', () => {
    expect(barsPicture({ title: 'x', note: '', groups: [] }, colors)).toMatch(/^<\?xml[^]*<\/svg>\n$/);
  });
});

describe('a picture of points', () => {
  it('has every point in its place, with what it is, and says what markers mean', () => {
    const group = (label: string, points: { x: number; y: number; title: string }[]) => ({ label, path: 'M0 0', color: '#e69f00', points });
    const svg = pointsPicture({ title: 'encoder', note: 'all', groups: [group('2×', [{ x: 0, y: 0, title: '<4>' }, { x: 1, y: 1, title: '5' }]), group('0×', [])] }, colors);
    const places = [...svg.matchAll(/translate\(([\d.]+) ([\d.]+)\)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(places).toHaveLength(2 + 2);
    const [[x0, y0], [x1, y1]] = places as [[number, number], [number, number]];
    // y grows upwards.
    expect([x1 > x0, y1 < y0]).toEqual([true, true]);
    expect(svg).toContain('<title>&lt;4&gt;</title>');
    expect(count(svg, '2×')).toBe(1);
  });
});

describe('a table in CSV', () => {
  it('quotes, cuts digits, and keeps spreadsheets from running words', () => {
    const table = csvTable([['word', 'p', 'rank'], ['=1+1', 1 / 3, null], ['a,"b"', 1e-9, 2]]);
    expect(table.split('\r\n')).toEqual(['word,p,rank', "'=1+1,0.333333,", '"a,""b""",1e-9,2', '']);
  });
});

describe('a picture of lines', () => {
  const svg = linesPicture(picture, colors);

  it('has a line for each weight that can be seen, the strongest last', () => {
    expect(count(svg, '<path ')).toBe(4);
    const widths = [...svg.matchAll(/stroke-width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
    expect(widths.at(-1)).toBe(4);
  });

  it('names its tokens as text', () => {
    expect(svg).toContain('&lt;b&gt;');
    expect(svg).not.toContain('<b>');
  });

  it('leads from the row of the query to the row of the key', () => {
    const strongest = svg.match(/<path d="M(\d+(?:\.\d+)?) (\d+(?:\.\d+)?)C[^"]* (\d+(?:\.\d+)?)" stroke-width="4"/)!;
    const yOf = (label: string): number => Number(new RegExp(`y="([\\d.]+)"[^>]*>${label}<`).exec(svg)![1]) - 4;
    expect(Number(strongest[2])).toBe(yOf('cow'));
    expect(Number(strongest[3])).toBe(yOf('x &amp; &quot;y&quot;'));
  });
});

describe('a picture of a matrix', () => {
  it('has a square with its number for each weight', () => {
    const svg = matrixPicture(picture, colors, (weight, max) => weight / max);
    expect(count(svg, '<rect ')).toBe(7);
    expect(svg).toContain('<title>the → &lt;b&gt; 0.500</title>');
    expect(svg).toContain('fill="rgb(255, 0, 0)"');
  });
});

describe('a picture of several heads', () => {
  const parts = [
    { name: '3.1', color: '#b87700', weights: Float32Array.of(0.5, 0, 0.25, 0, 1, 0) },
    { name: '0.2', color: '#2f8fc9', weights: Float32Array.of(0.1, 0.25, 0, 0, 0, 0.001) },
  ];

  it('draws each in its colour and says which is which', () => {
    const svg = linesPicture({ ...picture, parts }, colors);
    expect(count(svg, 'stroke="#b87700"')).toBe(3);
    expect(count(svg, 'stroke="#2f8fc9"')).toBe(2);
    expect(svg).toContain('>3.1</text>');
    expect(svg).toContain('>0.2</text>');
  });

  it('gives each cell the hue of the largest weight', () => {
    const svg = matrixPicture({ ...picture, parts }, colors, (weight, max) => weight / max);
    expect(svg).toMatch(/fill="#b87700" fill-opacity="1"/);
    expect(svg).toMatch(/fill="#2f8fc9" fill-opacity="0.25"/);
  });

  it('lists all numbers, head by head', () => {
    expect(csvOf({ ...picture, parts }).split('\r\n').slice(0, 5)).toEqual([
      'layer.head,query \\ key,<b>,"x & ""y""",牛',
      '3.1,the,0.5,0,0.25',
      '3.1,cow,0,1,0',
      '0.2,the,0.1,0.25,0',
      '0.2,cow,0,0,0.001',
    ]);
  });
});

describe('labels', () => {
  it('are as wide as their characters', () => {
    expect(labelWidth('牛')).toBe(2 * labelWidth('a'));
    expect(shortLabel('a'.repeat(30))).toHaveLength(24);
    expect(Array.from(shortLabel('🐄'.repeat(30)))).toHaveLength(24);
  });
});

describe('CSV', () => {
  it('quotes what needs it and keeps formulas from being run', () => {
    const csv = csvOf({ queries: ['=1+1', 'a,b'], keys: ['say "x"', '-'], weights: Float32Array.of(0.1, 0.9, 1 / 3, 2 / 3) });
    expect(csv).toBe("query \\ key,\"say \"\"x\"\"\",-\r\n'=1+1,0.1,0.9\r\n\"a,b\",0.333333,0.666667\r\n");
  });
});

describe('a picture of all heads', () => {
  const cell = (layer: number, head: number, dimmed = false): GridCell => ({
    layer, head, weights: Float32Array.of(1, 0, 0.25, 0.75), rows: 2, columns: 2, label: `mixed: <b>${layer}</b>`, dimmed,
  });
  const grid: GridPicture = { cells: [cell(0, 0), cell(0, 1), cell(1, 0), cell(1, 1, true)], columns: 2, byLayer: true, max: 1, title: 'a & b · all heads', note: '' };
  const linear = (weight: number, max: number): number => weight / max;

  it('has a thumbnail for each head, named, and headers of rows and columns', () => {
    const svg = gridPicture(grid, colors, linear);
    expect(count(svg, '<image ')).toBe(4 + 1);
    expect(svg).toContain('<title>Layer 1, head 0: mixed: &lt;b&gt;1&lt;/b&gt;</title>');
    expect(svg).not.toContain('<b>');
    expect([...svg.matchAll(/text-anchor="middle"[^>]*>(\d)</g)].map(([, head]) => head)).toEqual(['0', '1']);
    expect([...svg.matchAll(/text-anchor="end"[^>]*>(\d)</g)].map(([, layer]) => layer)).toEqual(['0', '1']);
    expect(count(svg, 'opacity="0.3"')).toBe(1);
  });

  it('draws each weight in the colour of its level, queries from top to bottom', () => {
    const [, url] = /href="data:image\/png;base64,([^"]+)"/.exec(gridPicture(grid, colors, linear))!;
    const { width, height, data, palette } = decode(Buffer.from(url!, 'base64'));
    expect(width).toBe(height);
    const colorAt = (row: number, column: number): number => palette![data[Math.floor((row + 0.5) * (height / 2)) * width + Math.floor((column + 0.5) * (width / 2))]!]![0]!;
    expect([colorAt(0, 0), colorAt(0, 1), colorAt(1, 0), colorAt(1, 1)]).toEqual([255, 0, 64, 191]);
  });

  it('names heads where rows are not layers', () => {
    const svg = gridPicture({ ...grid, byLayer: false, cells: [cell(1, 1), cell(0, 0)] }, colors, linear);
    expect([...svg.matchAll(/>(\d\.\d) mixed:</g)].map(([, name]) => name)).toEqual(['1.1', '0.0']);
    expect(svg).not.toContain('text-anchor="middle"');
  });

  it('quotes the beginning of a text in one line', () => {
    expect(firstWords('  a\n b ')).toBe('a b');
    expect(Array.from(firstWords('🐄'.repeat(300)))).toHaveLength(100);
  });
});
