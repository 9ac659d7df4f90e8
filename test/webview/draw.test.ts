import { describe, expect, it } from 'vitest';
import { arcMark, arcPoint, isArcVisible, type ArcMark } from '../../webview/draw/arcs';
import { roundAxis } from '../../webview/draw/axis';
import { fitText } from '../../webview/draw/canvas';
import { fromOklab, parseColor, toOklab, type Rgb } from '../../src/picture/color';
import { cellOrigin, gridLayout, moveInGrid } from '../../webview/draw/grid';
import { contrastRatio, inksOf } from '../../webview/draw/ink';
import { edgeAt, isVisible, lineMark, lineProgress, rowHeight } from '../../webview/draw/lines';
import { markerOf } from '../../webview/draw/markers';
import { matrixHit, matrixLayout, visibleSpan } from '../../webview/draw/matrix';
import { level, rampColor, sequentialRamp } from '../../src/picture/ramp';
import { colorRaster, resampleMax } from '../../webview/draw/raster';
import { themes } from './harness/themes';

const color = (css: string): Rgb => parseColor(css)!;

describe('colour', () => {
  it('reads the notations that themes use', () => {
    expect(color('#fff')).toEqual({ r: 255, g: 255, b: 255 });
    expect(color(' #1f2a3b80')).toEqual({ r: 31, g: 42, b: 59 });
    expect(color('rgba(1, 2, 3, 0.5)')).toEqual({ r: 1, g: 2, b: 3 });
    expect(parseColor('var(--x)')).toBeNull();
  });

  it('goes to Oklab and back', () => {
    for (const css of ['#000000', '#ffffff', '#3794ff', '#d55e00', '#0a141e']) {
      const back = fromOklab(toOklab(color(css)));
      expect([back.r, back.g, back.b].map((channel) => Math.abs(Math.round(channel)))).toEqual(Object.values(color(css)));
    }
    expect(toOklab(color('#ffffff')).l).toBeCloseTo(1, 3);
  });

  it.each(Object.entries(themes))('%s: the ramp starts in the background and changes lightness evenly', (_, { variables }) => {
    const background = color(variables['editor-background']);
    const ramp = sequentialRamp(background, color(variables['charts-blue']));
    expect([ramp[0], ramp[1], ramp[2]]).toEqual([background.r, background.g, background.b]);
    const lightness = Array.from({ length: 256 }, (__, at) => toOklab({ r: ramp[at * 4]!, g: ramp[at * 4 + 1]!, b: ramp[at * 4 + 2]! }).l);
    const whole = lightness[255]! - lightness[0]!;
    expect(Math.abs(whole)).toBeGreaterThan(0.6);
    // Sixteen equal stretches of the scale are equal in lightness, within rounding to 8 bits.
    for (let at = 16; at < 256; at += 16) expect(Math.abs((lightness[at]! - lightness[at - 16]!) / whole - 16 / 255)).toBeLessThan(0.01);
  });

  it('grades weights by the square root', () => {
    expect(level(0.25, 1)).toBe(0.5);
    expect(level(2, 1)).toBe(1);
    expect(level(0.1, 0)).toBe(0);
    const ramp = sequentialRamp(color('#000000'), color('#3794ff'));
    expect(rampColor(ramp, 0)).toBe('rgb(0, 0, 0)');
    expect(rampColor(ramp, 7)).toBe(rampColor(ramp, 1));
  });
});

describe('grid', () => {
  it('fills the width, and keeps the smallest cell where it cannot', () => {
    const layout = gridLayout(308, 6, 12);
    expect(layout.width).toBeLessThanOrEqual(308);
    expect(layout.width + 12).toBeGreaterThan(308);
    expect(gridLayout(100, 6, 12).cell).toBe(16);
    expect(gridLayout(4000, 6, 12).cell).toBe(56);
    expect(cellOrigin(layout, { row: 1, column: 2 })).toEqual({ x: 20 + 2 * (layout.cell + 2), y: 20 + layout.cell + 2 });
  });

  it('walks with the keys and stays inside', () => {
    const at = { row: 0, column: 11 };
    expect(moveInGrid('ArrowRight', at, 6, 12)).toEqual(at);
    expect(moveInGrid('ArrowUp', at, 6, 12)).toEqual(at);
    expect(moveInGrid('ArrowDown', at, 6, 12)).toEqual({ row: 1, column: 11 });
    expect(moveInGrid('Home', at, 6, 12)).toEqual({ row: 0, column: 0 });
    expect(moveInGrid('PageDown', at, 6, 12)).toEqual({ row: 5, column: 11 });
    expect(moveInGrid('a', at, 6, 12)).toBeNull();
  });
});

describe('raster', () => {
  const values = Float32Array.from({ length: 16 }, (_, index) => index);

  it('keeps the largest value of the cells under a pixel', () => {
    expect([...resampleMax(values, { rows: 4, columns: 4 }, 2)]).toEqual([5, 7, 13, 15]);
    // 4 cells on 3 pixels: the middle pixel touches the two middle cells.
    expect([...resampleMax(values, { rows: 4, columns: 4 }, 3)].slice(0, 3)).toEqual([5, 6, 7]);
  });

  it('repeats cells where there are more pixels than cells', () => {
    expect([...resampleMax([1, 2, 3, 4], { rows: 2, columns: 2 }, 4)].slice(0, 8)).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
  });

  it('paints no weight as the background and the largest as the end of the ramp', () => {
    const ramp = sequentialRamp(color('#ffffff'), color('#1a85ff'));
    const pixels = colorRaster(Float32Array.from([0, 0.5]), 0.5, ramp);
    expect([...pixels]).toEqual([255, 255, 255, 255, ...ramp.slice(255 * 4)]);
  });
});

describe('matrix', () => {
  const layout = matrixLayout(300, 20, 10, { left: 60, top: 50 });

  it('fits cells into the width between the bounds', () => {
    expect(layout.cell).toBe(24);
    expect(matrixLayout(300, 512, 512, { left: 60, top: 50 }).cell).toBe(13);
    expect(layout.height).toBe(50 + 20 * 24);
  });

  it('finds the cell under a point, scrolled or not, and labels', () => {
    expect(matrixHit(layout, { x: 61, y: 51 }, { x: 0, y: 0 })).toEqual({ row: 0, column: 0 });
    expect(matrixHit(layout, { x: 61, y: 51 }, { x: 48, y: 24 })).toEqual({ row: 1, column: 2 });
    expect(matrixHit(layout, { x: 10, y: 51 }, { x: 0, y: 0 })).toEqual({ row: 0, column: -1 });
    expect(matrixHit(layout, { x: 10, y: 10 }, { x: 0, y: 0 })).toBeNull();
    expect(matrixHit(layout, { x: 301, y: 60 }, { x: 0, y: 0 })).toBeNull();
  });

  it('draws only what is on screen', () => {
    expect(visibleSpan(100, 130, 13, 512)).toEqual({ first: 7, last: 18 });
    expect(visibleSpan(0, 9999, 13, 20)).toEqual({ first: 0, last: 20 });
  });
});

describe('lines', () => {
  it('join the middles of rows and grow with the weight', () => {
    const weak = lineMark({ query: 0, key: 2, weight: 0.1 }, 0);
    const strong = lineMark({ query: 0, key: 2, weight: 0.9 }, 0);
    expect([weak.y0, weak.y1]).toEqual([rowHeight / 2, 2.5 * rowHeight]);
    expect(strong.width).toBeGreaterThan(weak.width);
    expect(strong.opacity).toBeGreaterThan(weak.opacity);
  });

  it('are left out when they lie outside the viewport', () => {
    expect(isVisible(lineMark({ query: 0, key: 1, weight: 1 }, 500), 400)).toBe(false);
    expect(isVisible(lineMark({ query: 0, key: 40, weight: 1 }, 500), 100)).toBe(true);
  });

  it('run from row to row, level at both ends', () => {
    expect([0, 0.5, 1].map((across) => lineProgress(across))).toEqual([0, 0.5, 1].map((value) => expect.closeTo(value, 4) as number));
    expect(lineProgress(0.05)).toBeLessThan(0.01);
    expect(lineProgress(0.25)).toBeCloseTo(1 - lineProgress(0.75), 4);
  });

  it('are found under the pointer, the strongest first', () => {
    const edges = [{ query: 0, key: 2, weight: 0.2 }, { query: 2, key: 0, weight: 0.5 }, { query: 9, key: 9, weight: 1 }];
    const middle = 1.5 * rowHeight;
    expect(edgeAt(edges, 0.5, middle)).toBe(edges[1]);
    expect(edgeAt(edges, 0.02, rowHeight / 2)).toBe(edges[0]);
    expect(edgeAt(edges, 0.5, middle + 30)).toBeNull();
  });
});

describe('arcs', () => {
  const [here, right, below] = [
    { left: 0, top: 40, width: 20, height: 20 },
    { left: 100, top: 40, width: 20, height: 20 },
    { left: 60, top: 80, width: 20, height: 20 },
  ];

  it('bow over the tokens of a line and end in a head on the key', () => {
    const mark = arcMark(here, right, 0.5);
    expect(mark.start).toEqual({ x: 10, y: 40 });
    expect(mark.head[0]).toEqual({ x: 110, y: 40 });
    const top = arcPoint(mark, 0.5);
    expect(top.x).toBeGreaterThan(40);
    expect(top.x).toBeLessThan(70);
    expect(top.y).toBeLessThan(40 - 10);
    expect(top.y).toBeGreaterThan(40 - 30);
    // The head stands before its tip, symmetric about the curve's end.
    const [, left, other] = mark.head;
    expect((left.x + other.x) / 2).toBeCloseTo(mark.end.x, 6);
    expect(Math.hypot(mark.end.x - 110, mark.end.y - 40)).toBeCloseTo(6, 6);
  });

  it('leave by the side that faces the other line', () => {
    const down = arcMark(here, below, 1);
    expect([down.start, down.head[0]]).toEqual([{ x: 10, y: 60 }, { x: 70, y: 80 }]);
    const up = arcMark(below, here, 1);
    expect([up.start, up.head[0]]).toEqual([{ x: 70, y: 80 }, { x: 10, y: 60 }]);
    expect(up.end.y).toBeGreaterThan(60);
  });

  it('loop over a token that looks at itself', () => {
    const mark = arcMark(here, here, 1);
    expect(mark.start.x).toBeLessThan(10);
    expect(mark.head[0].x).toBeGreaterThan(10);
    expect(arcPoint(mark, 0.5).y).toBeLessThan(35);
  });

  it('grow with the weight, and show direction by more than colour', () => {
    const [weak, strong] = [arcMark(here, right, 0.1), arcMark(here, right, 0.9)];
    expect(strong.width).toBeGreaterThan(weak.width);
    expect(strong.opacity).toBeGreaterThan(weak.opacity);
    const size = ({ head: [tip, left] }: ArcMark): number => Math.hypot(tip.x - left.x, tip.y - left.y);
    expect(size(strong)).toBeGreaterThan(size(weak));
    expect(size(weak)).toBeGreaterThan(4);
  });

  it('are left out when they lie outside the viewport', () => {
    expect(isArcVisible(arcMark(here, right, 1), 0, 100)).toBe(true);
    expect(isArcVisible(arcMark(here, right, 1), 200, 300)).toBe(false);
    expect(isArcVisible(arcMark({ ...here, top: -500 }, { ...right, top: 900 }, 1), 100, 200)).toBe(true);
  });
});

describe('ink', () => {
  it.each(Object.entries(themes))('%s: text on every shade has a contrast of 4.5', (_, { variables }) => {
    const ramp = sequentialRamp(color(variables['editor-background']), color(variables['charts-blue']));
    const inks = inksOf(ramp, variables.foreground);
    expect(inks[0]).toBe('usual');
    const colors = { usual: color(variables.foreground), white: color('#fff'), black: color('#000') };
    inks.forEach((ink, at) => {
      const shade = { r: ramp[at * 4]!, g: ramp[at * 4 + 1]!, b: ramp[at * 4 + 2]! };
      expect(contrastRatio(colors[ink], shade)).toBeGreaterThanOrEqual(4.5);
    });
    expect(contrastRatio(color('#fff'), color('#000'))).toBeCloseTo(21, 6);
  });
});

describe('marks', () => {
  it('tells 56 groups apart by shape and colour together', () => {
    const names = Array.from({ length: 56 }, (_, index) => JSON.stringify(markerOf(index)));
    expect(new Set(names).size).toBe(56);
  });

  it('ends axes on round numbers', () => {
    expect([41.2, 99.9, 0.034, 7, 50, 0].map((largest) => roundAxis(largest).end)).toEqual([50, 100, 0.04, 8, 50, 1]);
    expect(roundAxis(41.2).step).toBe(10);
  });

  it('cuts text to a width without splitting characters', () => {
    const context = { measureText: (text: string) => ({ width: Array.from(text).length }) as TextMetrics };
    expect(fitText(context, 'headlight', 5)).toBe('head…');
    expect(fitText(context, '😀😀😀', 2)).toBe('😀…');
    expect(fitText(context, 'moon', 5)).toBe('moon');
  });
});
