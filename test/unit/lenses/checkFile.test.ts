import { describe, expect, it } from 'vitest';
import type { CheckedOutcome, Expectation, Measured, NamedWord, SwitchedOff } from '../../../src/lenses/checks/contract';
import { longestCheckFile } from '../../../src/lenses/checks/contract';
import { parseChecks } from '../../../src/lenses/checks/parse';
import { expectationText, printChecks, withHash } from '../../../src/lenses/checks/print';
import { randomNumbers } from '../../../src/math/random';

const sample = `# What the encoder does with a rhyme.
model: encoder   
hash: 0123456789abcdef

text: The cow jumped over the moon.
  head 3.4: it -> cow ≥ 30 %   # a comment
  P(moon) rank <= 10
  P("New York") > 0
`;

/** What was read without places in the file. */
function plain(source: string) {
  const { faults, file } = parseChecks(source);
  expect(faults).toEqual([]);
  return {
    model: file!.model.value,
    hash: file!.hash?.value ?? null,
    texts: file!.texts.map((text) => ({ ...text, expectations: text.expectations.map(({ bound, measured, relation }) => ({ bound, measured, relation })) })),
  };
}

const only = (line: string): Expectation => plain(`model: m\ntext: t\nsecond: u\n${line}`).texts[0]!.expectations[0]!;

describe('parseChecks', () => {
  it('reads model, hash, texts and expectations, with comments and signs as they are typed', () => {
    const { faults, file } = parseChecks(sample);
    expect(faults).toEqual([]);
    expect(file!.model).toMatchObject({ value: 'encoder' });
    expect(sample.slice(file!.hash!.start, file!.hash!.end)).toBe('0123456789abcdef');
    const [first] = file!.texts[0]!.expectations;
    expect(first).toMatchObject({ relation: '>=', bound: 0.3, measured: { kind: 'attention', part: 'first', layer: 3, head: 4, query: { word: 'it', number: null }, key: { word: 'cow', number: null } } });
    expect(sample.slice(first!.range.start, first!.range.end)).toBe('head 3.4: it -> cow ≥ 30 %');
    expect(file!.texts[0]!.expectations[2]).toMatchObject({ measured: { kind: 'probability', word: 'New York' } });
  });

  it.each<[string, Measured]>([
    ['cross 2.1: vaca → cow#2 > 0', { kind: 'attention', part: 'cross', layer: 2, head: 1, query: { word: 'vaca', number: null }, key: { word: 'cow', number: 2 } }],
    ['P(sun) at moon#2 rank < 4', { kind: 'rank', word: 'sun', at: { word: 'moon', number: 2 } }],
    ['next sentence >= .9', { kind: 'nextSentence' }],
    ['class "very good" >= 0.8', { kind: 'class', label: 'very good' }],
    ['cosine of stand and stands state 4 <= 0.7', { kind: 'cosine', first: { word: 'stand', number: null }, second: { word: 'stands', number: null }, state: 4 }],
    ['next token the >= 0.1', { kind: 'nextToken', word: 'the' }],
    ['effect of head 5.1 on P(moon) < 0', { kind: 'effect', ablation: 'zero', off: [{ kind: 'head', part: 'first', layer: 5, head: 1 }], on: { kind: 'probability', word: 'moon', at: null } }],
    ['effect (mean) of cross 1.2 and decoder layer 3 and positions on class good > -1e-3', {
      kind: 'effect', ablation: 'mean', on: { kind: 'class', label: 'good' },
      off: [{ kind: 'head', part: 'cross', layer: 1, head: 2 }, { kind: 'layer', part: 'decoder', layer: 3 }, { kind: 'positions' }],
    }],
  ])('reads %s', (line, measured) => {
    expect(only(line).measured).toEqual(measured);
  });

  it('takes any line ends and a byte order mark', () => {
    const plainText = plain(sample);
    for (const end of ['\r\n', '\r']) expect(plain(`\uFEFF${sample.replaceAll('\n', end)}`)).toEqual(plainText);
  });

  it.each([
    ['', 'Expected “model:”', ''],
    ['model: m', 'Expected “text:” with a text', ''],
    ['model:\ntext: t', 'Expected a built-in id', ''],
    ['model: m\nmodel: n\ntext: t', 'Expected one “model:”', 'model'],
    ['model: m\ntext: t\nhash: 0123456789', 'Expected “hash:” before', 'hash'],
    ['model: m\nhash: xyz\ntext: t', 'Expected a hash', 'xyz'],
    ['model: m\nsecond: s\ntext: t', 'Expected “text:” before “second:”', 'second'],
    ['model: m\nhead 1.1: a → b > 0\ntext: t', 'Expected “text:” before the first', 'head 1.1: a → b > 0'],
    ['model: m\ntext: t\nhead 1: a → b > 0', 'a dot between layer and head, as in 3.4, not “:”', ':'],
    ['model: m\ntext: t\nhead 1.1: a b > 0', 'Expected → or ->, not “b”', 'b'],
    ['model: m\ntext: t\nhead 1.1: a → b = 0', 'Expected >=, <=, > or <, not “=”', '='],
    ['model: m\ntext: t\nP(moon) > much', 'Expected a number, such as 0.3 or 30 %, not “much”', 'much'],
    ['model: m\ntext: t\nP(moon) > 0.1.2', 'Expected a number', '0.1.2'],
    ['model: m\ntext: t\nP(moon) > 0.1 0.2', 'Expected the end of the line, not “0.2”', '0.2'],
    ['model: m\ntext: t\nP(moon', 'Expected a closing parenthesis, but the line ends', ''],
    ['model: m\ntext: t\nP("moon) > 0', 'Expected a closing quote', '"moon)'],
    ['model: m\ntext: t\nP(a\\) > "\\x"', 'Expected a number', '"\\x"'],
    ['model: m\ntext: t\nhead 1.1: a#0 → b > 0', 'Expected a number from 1', '→'],
    ['model: m\ntext: t\ncosine of stand > 0', 'Expected “second:” below', 'cosine of stand > 0'],
    ['model: m\ntext: t\nnext sentence > 0', 'Expected “second:” with', 'next sentence > 0'],
    ['model: m\ntext: t\neffect of moon on P(a) > 0', 'Expected head 5.1', 'moon'],
    ['model: m\ntext: t\nprobability of moon > 0', 'Expected an expectation, such as', 'probability'],
  ])('says where and what is expected: %j', (source, message, where) => {
    const { faults } = parseChecks(source);
    const fault = faults.find((one) => one.message.includes(message));
    expect(fault, JSON.stringify(faults)).toBeDefined();
    expect(source.slice(fault!.start, fault!.end)).toBe(where);
  });

  it('reads the other lines where one cannot be understood', () => {
    const { faults, file } = parseChecks('model: m\ntext: t\nP(a > 0\nP(b) > 0\nQ\n');
    expect(faults).toHaveLength(2);
    expect(file!.texts[0]!.expectations).toHaveLength(1);
  });

  it('stays quick with what nobody wrote by hand', () => {
    const started = performance.now();
    for (const source of [
      'a'.repeat(longestCheckFile + 1), '"'.repeat(longestCheckFile), '#'.repeat(longestCheckFile), `model: m\ntext: t\nP(${'\\'.repeat(500_000)}`, 'P('.repeat(300_000),
      `model: m\ntext: t\n${'P(a) > 0\n'.repeat(50_000)}`, 'x\n'.repeat(200_000), `model: m\ntext: t\nP(a) > ${'9'.repeat(500_000)}`, '\0'.repeat(1000), '\ud800'.repeat(1000), ' '.repeat(900_000),
    ]) {
      const { faults } = parseChecks(source);
      expect(faults.length).toBeLessThanOrEqual(102);
      for (const { end, start } of faults) expect([start <= end, end <= source.length]).toEqual([true, true]);
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  }, 30_000);
});

describe('printChecks', () => {
  const random = randomNumbers(7);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const count = (below: number): number => Math.floor(random() * below);
  const words = ['moon', 'New York', '#1', 'a#2', '##ed', '→', '->', 'x->y', '"', '\\', '[CLS]', ' ', 'and', 'on', 'at', 'rank', 'P(a)', 'c#', 'ünï', '猫', '\u202e', '\n', '\ud800', '>=', 'a:b', '\u00a0', '\t', '-', '😀', '<script>'];
  const word = (): string => pick(words) + pick(['', '', pick(words)]);
  const named = (): NamedWord => ({ word: word(), number: pick([null, 1 + count(5)]) });
  const part = () => pick(['first', 'decoder', 'cross'] as const);
  const outcome = (): CheckedOutcome => pick<() => CheckedOutcome>([
    () => ({ kind: 'probability', word: word(), at: pick([null, named()]) }),
    () => ({ kind: 'nextSentence' }),
    () => ({ kind: 'class', label: word() }),
    () => ({ kind: 'cosine', first: named(), second: named(), state: pick([null, count(12)]) }),
    () => ({ kind: 'nextToken', word: word() }),
  ])();
  const off = (): SwitchedOff => pick<() => SwitchedOff>([
    () => ({ kind: 'head', part: part(), layer: count(40), head: count(40) }),
    () => ({ kind: 'layer', part: part(), layer: count(40) }),
    () => ({ kind: 'positions' }),
  ])();
  const measured = (): Measured => pick<() => Measured>([
    outcome,
    () => ({ kind: 'rank', word: word(), at: pick([null, named()]) }),
    () => ({ kind: 'attention', part: part(), layer: count(99), head: count(99), query: named(), key: named() }),
    () => ({ kind: 'effect', ablation: pick(['zero', 'mean']), off: Array.from({ length: 1 + count(3) }, off), on: outcome() }),
  ])();
  const expectation = (): Expectation => ({ measured: measured(), relation: pick(['>=', '<=', '>', '<']), bound: pick([0, 1, -0.5, 1e-9, 1234.5, random(), -random() * 1e6]) });

  it('writes what reads back as the same, whatever stands in it', () => {
    for (let round = 0; round < 400; round++) {
      const file = {
        model: word().trim() || 'm',
        hash: pick([null, 'deadbeef01234567']),
        texts: Array.from({ length: 1 + count(3) }, () => ({ text: word(), second: word(), written: pick([null, word()]), expectations: Array.from({ length: count(4) }, expectation) })),
      };
      expect(plain(printChecks(file)), printChecks(file)).toEqual(file);
    }
  });

  it('writes one line for an expectation', () => {
    expect(expectationText(only('head  3.4 :it->cow>=30%'))).toBe('head 3.4: it → cow >= 0.3');
    expect(expectationText(only('cosine of a and a > 0'))).toBe('cosine of a > 0');
  });

  it('changes the hash and nothing else', () => {
    const source = sample;
    const { file } = parseChecks(source);
    expect(withHash(source, file!, 'feedfeedfeedfeed')).toBe(source.replace('0123456789abcdef', 'feedfeedfeedfeed'));
    const without = source.replace('hash: 0123456789abcdef\n', '').replaceAll('\n', '\r\n');
    expect(withHash(without, parseChecks(without).file!, 'feedfeed')).toContain('model: encoder\r\nhash: feedfeed');
  });
});
