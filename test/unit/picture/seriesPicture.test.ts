import { expect, it } from 'vitest';
import { seriesPicture } from '../../../src/picture/seriesPicture';

const colors = { background: '#fff', foreground: '#000', muted: '#777', data: '#00f', ramp: () => '#00f' };
const picture = {
  title: 'BLEU <by> length', note: '', across: 'words', up: 'BLEU', labels: ['1–4', '5–8', '9–12', '13–16'],
  series: [
    { name: 'a', color: '#f00', dash: [], values: [40, null, 20, 10] },
    { name: 'b & c', color: '#0f0', dash: [5, 4], values: [null, null, null, 0] },
  ],
};

it('draws lines that stop at gaps, with a point for each number, axes from 0 and a legend', () => {
  const svg = seriesPicture(picture, colors);
  const paths = Array.from(svg.matchAll(/<path d="([^"]*)"/g), ([, path]) => path!);
  // A number beside a gap is a point only; two side by side are joined.
  expect(paths.map((path) => path.replace(/[\d. ]/g, ''))).toEqual(['MML', 'M']);
  expect(svg.match(/<circle/g)).toHaveLength(4);
  const heights = Array.from(svg.matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g), ([, y]) => Number(y));
  // Of 40, 20, 10 and 0 the distances are as the numbers'.
  expect((heights[3]! - heights[0]!) / (heights[3]! - heights[1]!)).toBeCloseTo(2, 2);
  expect((heights[3]! - heights[0]!) / (heights[3]! - heights[2]!)).toBeCloseTo(4, 2);
  expect(svg).toContain('stroke-dasharray="5 4"');
  expect(svg).toContain('>b &amp; c</text>');
  expect(svg).toContain('BLEU &lt;by&gt; length');
  for (const label of picture.labels) expect(svg).toContain(`>${label}</text>`);
});

it('leaves out labels that would run into each other, evenly', () => {
  const labels = Array.from({ length: 100 }, (_, at) => `place ${at}`);
  const svg = seriesPicture({ ...picture, labels, series: [{ name: 'a', color: '#f00', dash: [], values: labels.map((_, at) => at) }] }, colors);
  const drawn = Array.from(svg.matchAll(/>place (\d+)<\/text>/g), ([, at]) => Number(at));
  expect(drawn.length).toBeGreaterThan(3);
  expect(drawn.length).toBeLessThan(12);
  expect(new Set(drawn.slice(1).map((at, index) => at - drawn[index]!)).size).toBe(1);
});

it('draws nothing but axes of nothing', () => {
  expect(seriesPicture({ ...picture, series: [] }, colors)).not.toContain('<circle');
});
