import { describe, expect, it } from 'vitest';
import { cardParts, type CardSubject, failureLine, hoverCard, percent } from '../../../src/editor/hover/card';
import { commandUri, linkedRange } from '../../../src/editor/hover/commandLinks';
import { escapeText, shorten } from '../../../src/editor/hover/escapeText';
import { paletteFor } from '../../../src/editor/hover/palette';
import { senseMap } from '../../../src/editor/hover/senseMap';
import { senseMark } from '../../../src/editor/hover/senseMark';
import type { Senses } from '../../../src/lenses/senses/contract';
import { encoderInfo } from '../../support/encoderInfo';
import { senses, t } from './fixtures';

const palette = paletteFor('dark');
const hostile = `</td><script>alert(1)</script> [x](command:evil) $(zap) **b** | \`c\` "q" 'r' &amp;\n# h`;

function subject(overrides: Partial<Senses> = {}, rest: Partial<CardSubject> = {}): CardSubject {
  return {
    word: overrides.word ?? 'stand',
    parts: cardParts,
    senses: senses(overrides),
    staticNeighbours: [{ token: 'stands', cosine: 0.61 }, { token: 'sit', cosine: 0.59 }],
    current: 1,
    lines: [3, 4, 9],
    total: 3,
    hasMore: false,
    range: { uri: 'file:///a%20b/c(1).md', start: 10, end: 15 },
    ...rest,
  };
}

/** What a reader sees: tags away, entities resolved. */
function visible(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

describe('escapeText', () => {
  it('leaves no character with a meaning in Markdown, HTML or icon syntax', () => {
    expect(escapeText(hostile).replace(/&#\d+;/g, '')).toMatch(/^[\p{L}\p{N} ]*$/u);
    expect(visible(escapeText(hostile))).toBe(hostile.replace('\n', ' '));
  });

  it('drops control characters, direction overrides and unpaired surrogates', () => {
    expect(escapeText('a\u0000b\u202ec\ud800d')).toBe('a b c d');
    expect(escapeText('naïve 心 👍🏽')).toBe('naïve 心 👍🏽');
  });

  it('shortens without splitting a surrogate pair', () => {
    expect(shorten('👍👍👍👍', 3)).toBe('👍👍…');
    expect(shorten('abc', 3)).toBe('abc');
  });
});

describe('hoverCard', () => {
  it('shows substitutes with probabilities, senses with counts, likes and lines, and three links', () => {
    const text = visible(hoverCard(subject(), palette, t));
    expect(text).toContain('2 senses in 3 occurrences');
    expect(text).toMatch(/bear\s+32 %/);
    expect(text).toMatch(/take\s+4\.0 %/);
    expect(text).toMatch(/●\s+2×\s+67 %\s+· like rack, tripod · lines\s+3\s*,\s+9/);
    expect(text).toMatch(/▲\s+1×\s+33 %\s+· like bear · line\s+4/);
    for (const title of ['Show Attention', 'Predict Here', 'Open in Panel']) expect(text).toContain(title);
  });

  it('marks the sense of this occurrence', () => {
    const card = hoverCard(subject(), palette, t);
    expect(card.match(/<b>.*?<\/b>/g)?.map(visible).map((s) => s.trim())).toEqual(['1× 33 %']);
  });

  it('shows static neighbours beside the contextual words, and says when there are none', () => {
    expect(visible(hoverCard(subject(), palette, t))).toMatch(/Anywhere \(static\):\s+stands\s+sit/);
    expect(visible(hoverCard(subject({}, { staticNeighbours: null }), palette, t))).toMatch(/Anywhere \(static\):\s+\(unknown word\)/);
  });

  it.each([
    [['substitutes'], ['Here, by'], ['Anywhere', '<img', 'like rack', ' senses in']],
    [['staticNeighbours'], ['Anywhere'], ['Here, by', '<img', 'like rack', ' senses in']],
    [['senses'], ['like rack', '2 senses in 3'], ['Here, by', 'Anywhere', '<img']],
    [['map'], ['<img', '2 senses in 3'], ['Here, by', 'Anywhere', 'like rack']],
    [[], ['occurs 3 times', 'Open in Panel'], ['Here, by', 'Anywhere', '<img', 'like rack']],
  ] as const)('shows the parts that are wanted: %j', (parts, there, absent) => {
    const { staticNeighbours, ...rest } = subject();
    const needsSenses = parts.some((part) => part !== 'staticNeighbours');
    const wanted: CardSubject = {
      ...rest,
      parts,
      ...(parts.some((part) => part === 'staticNeighbours') ? { staticNeighbours: staticNeighbours! } : {}),
      ...(needsSenses ? {} : { senses: null }),
    };
    const html = hoverCard(wanted, palette, t);
    const seen = `${html}\n${visible(html)}`;
    for (const text of there) expect(seen).toContain(text);
    for (const text of absent) expect(seen).not.toContain(text);
  });

  it('says what the word most likely means, next best beside it, and plainly when that is not clear', () => {
    const named = (probability: number, clear: boolean): Senses['names'] => new Array<Senses['names'][number]>(3).fill({
      senses: [
        { lemma: 'stand', partOfSpeech: 'verb', gloss: 'put up with <b>', synonyms: [], probability },
        { lemma: 'stand', partOfSpeech: 'noun', gloss: 'a rack', synonyms: [], probability: 0.1 },
      ],
      unlisted: 0.02, omitted: 0, clear,
    });
    const clear = hoverCard(subject({ names: named(0.81, true) }), palette, t);
    expect(visible(clear)).toMatch(/Most likely:\s+put up with <b> 81 % · next: a rack 10 %/);
    expect(clear).not.toContain('put up with <b>');
    expect(visible(hoverCard(subject({ names: named(0.4, false) }), palette, t))).toContain('Meaning not clear, at most: put up with <b> 40 %');
    expect(visible(hoverCard(subject(), palette, t))).not.toMatch(/Most likely|not clear/);
    expect(visible(hoverCard(subject({ names: named(0.81, true) }, { parts: ['senses'] }), palette, t))).not.toContain('Most likely');
  });

  it('says it in one line, so that three senses stay in sight', () => {
    const line = (gloss: string, next: string, clear: boolean): string => {
      const sense = { lemma: 'stand', partOfSpeech: 'noun', synonyms: [] } as const;
      const senses = [{ ...sense, gloss, probability: 0.82 }, { ...sense, gloss: next, probability: 0.14 }];
      const names = new Array<Senses['names'][number]>(3).fill({ senses, unlisted: 0.02, omitted: 0, clear });
      return /(Most likely|Meaning not clear).* next: .*? 14\s%/.exec(visible(hoverCard(subject({ names }), palette, t)))![0];
    };
    const plants = 'a growth of similar plants (usually trees) in a particular area';
    expect(line('a support or foundation', plants, true)).toMatch(/Most likely:\s+a support or foundation 82 % · next: a growth of similar plants in a… 14 %/);
    const pasture = 'a defensive effort that is put up for as long as it can be held, and longer';
    for (const clear of [true, false]) for (const [one, two] of [[plants, pasture], [pasture, plants], [pasture, 'a rack'], [plants, plants]] as const) expect(line(one, two, clear).length).toBeLessThanOrEqual(100);
    expect(line('(brackets alone)', 'a rack', true)).toContain('(brackets alone) 82 % · next: a rack 14 %');
  });

  it('has no groups to show where this occurrence alone was read', () => {
    const alone = subject({ occurrences: [null, senses().occurrences[1]!, null], left: 2, senses: [{ size: 1, substitutes: ['bear'], name: null }] });
    const text = visible(hoverCard(alone, palette, t));
    expect(text).toContain('occurs 3 times in this document · the others are being read');
    expect(text).not.toContain('like bear');
  });

  it('says when there was no time for all occurrences, and when a frequent word was counted nearby only', () => {
    const hurried = subject({ occurrences: [null, ...senses().occurrences.slice(1)], left: 1, senses: [{ size: 1, substitutes: [], name: null }, { size: 1, substitutes: [], name: null }] });
    const text = visible(hoverCard(hurried, palette, t));
    expect(text).toContain('2 senses in 2 occurrences · the nearest of 3 · the others are being read');
    expect(text).toMatch(/1×\s+50 %/);
    expect(visible(hoverCard(subject({}, { total: 900, hasMore: true }), palette, t))).toContain('the nearest of more than 900');
  });

  it('says that a word occurs once, and draws no map', () => {
    const once = subject({ occurrences: [senses().occurrences[0]!], senses: [{ size: 1, substitutes: [], name: null }] }, { current: 0, lines: [3], total: 1 });
    const card = hoverCard(once, palette, t);
    expect(visible(card)).toContain('occurs only once in this document');
    expect(card).not.toContain('<img');
    expect(visible(card)).toMatch(/bear\s+32 %/);
  });

  it('says how many of the occurrences are compared, and when groups are not calibrated', () => {
    const card = visible(hoverCard(subject({ calibrated: false }, { total: 312 }), palette, t));
    expect(card).toContain('the nearest of 312');
    expect(card).toContain('not calibrated');
  });

  it('says that a model without a head proposes nothing', () => {
    expect(visible(hoverCard(subject({ substitutes: null }), palette, t))).toContain('no masked-word head');
  });

  it('keeps hostile words, tokens and model names out of the markup', () => {
    const card = hoverCard(
      subject({
        word: hostile,
        substitutes: [{ token: hostile, id: 1, probability: 0.5 }],
        senses: [{ size: 2, substitutes: [hostile], name: null }, { size: 1, substitutes: [], name: null }],
        model: { ...encoderInfo, name: hostile },
      }, { staticNeighbours: [{ token: hostile, cosine: 0.5 }] }),
      palette,
      t,
    );
    const tags = [...card.matchAll(/<\/?([a-z]+)/g)].map(([, tag]) => tag);
    expect(new Set(tags)).toEqual(new Set(['table', 'tr', 'td', 'span', 'b', 'a', 'br', 'img']));
    const icons = [...card.matchAll(/\$\(([a-z-]+)\)/g)].map(([, icon]) => icon);
    expect(icons).toEqual(['eye', 'sparkle', 'group-by-ref-type']);
    expect([...card.matchAll(/href="command:([\w.]+)/g)].map(([, command]) => command)).toEqual([
      'headlight.hover.attention',
      'headlight.hover.predict',
      'headlight.hover.senses',
    ]);
    expect(card).not.toMatch(/\n\n[^*<]/);
  });

  it('writes styles in the one form that VS Code keeps', () => {
    const styles = [...hoverCard(subject(), palette, t).matchAll(/style="([^"]*)"/g)].map(([, style]) => style);
    expect(styles.length).toBeGreaterThan(3);
    for (const style of styles) {
      expect(style).toMatch(/^(color:#[0-9a-f]{6};)?(background-color:#[0-9a-f]{6};)?(display:inline-block;)?(border-radius:\d+px;)?$/);
    }
  });

  it('writes percentages with two significant digits', () => {
    expect([0.5, 0.0999, 0.031, 0.0004].map(percent).map(visible)).toEqual(['50 %', '10 %', '3.1 %', '&lt;0.1 %']);
  });

  it('puts a failure on one escaped line', () => {
    expect(failureLine(hostile, t)).not.toContain('\n');
    expect(failureLine(hostile, t)).not.toContain('<');
  });
});

describe('senseMap', () => {
  it('draws every readable occurrence in both maps and rings this one', () => {
    const { svg, width, height } = senseMap(senses(), 1, palette, t);
    expect(svg.match(/M0 -5L5 4H-5Z/g)).toHaveLength(2);
    expect(svg.match(/M-5 0a5/g)).toHaveLength(4);
    expect(svg.match(/fill="none" stroke="#cccccc"/g)).toHaveLength(2);
    expect(width).toBeLessThanOrEqual(460);
    expect(height).toBeLessThanOrEqual(220);
    expect(svg).toContain('cosine 0&#46;81 within&#44; 0&#46;42 between');
  });

  it('keeps marks inside their frames and counts those that coincide', () => {
    const far = senses({
      occurrences: [0, 1, 2].map(() => ({ sense: 0, x: 9, y: -9, static: { x: 0, y: 0 } })),
      senses: [{ size: 3, substitutes: [], name: null }],
    });
    const { svg, width, height } = senseMap(far, 0, palette, t);
    const marks = [...svg.matchAll(/translate\(([\d.]+) ([\d.]+)\)/g)];
    expect(marks).toHaveLength(6);
    for (const [, x, y] of marks) {
      expect(Number(x)).toBeLessThan(width);
      expect(Number(y)).toBeLessThan(height);
    }
    expect(svg.match(/×3/g)).toHaveLength(2);
  });

  it('writes the count of a pile where no other mark lies', () => {
    const at = (x: number): Senses['occurrences'][number] => ({ sense: 0, x, y: 0, static: { x: 0.8, y: 0.8 } });
    const anchors = (right: number): readonly (string | undefined)[] => {
      const { svg } = senseMap(senses({ occurrences: [at(0), at(0), at(0), at(right)], senses: [{ size: 4, substitutes: [], name: null }] }), 0, palette, t);
      return [...svg.matchAll(/text-anchor="(\w+)">×3/g)].map(([, anchor]) => anchor);
    };
    expect(anchors(0.9)).toEqual(['start']);
    expect(anchors(0.2)).toEqual(['end']);
  });

  it('leaves out an occurrence that the model cannot read', () => {
    const { svg } = senseMap(senses({ occurrences: [...senses().occurrences.slice(0, 2), null] }), 0, palette, t);
    expect(svg.match(/fill-opacity/g)).toHaveLength(4);
  });
});

describe('senseMark', () => {
  it('gives thirty senses different marks', () => {
    const marks = Array.from({ length: 30 }, (_, sense) => senseMark(sense, palette));
    expect(new Set(marks.map(({ character, color }) => character + color)).size).toBe(30);
  });
});

describe('commandUri', () => {
  it('round-trips its range and holds no character that ends a Markdown link', () => {
    const range = { uri: 'file:///a (b)/c\'d*.md', start: 1, end: 4 };
    const link = commandUri('headlight.hover.predict', range);
    expect(link).not.toMatch(/[\s()'*]/);
    const [argument] = JSON.parse(decodeURIComponent(link.split('?')[1]!)) as unknown[];
    expect(linkedRange(argument)).toEqual(range);
  });

  it('takes nothing but a range', () => {
    for (const other of [undefined, null, 'x', {}, { uri: 1, start: 0, end: 1 }, { uri: 'a', start: 0.5, end: 1 }]) {
      expect(linkedRange(other)).toBeNull();
    }
  });
});
