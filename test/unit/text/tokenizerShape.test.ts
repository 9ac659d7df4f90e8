import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TextTokenizer } from '../../../src/text/tokenizer';
import { tokenizerFault } from '../../../src/text/tokenizerShape';

const file = join(import.meta.dirname, '..', '..', 'fixtures', 'models', 'bert-tiny', 'tokenizer.json');
const whole = (): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
const model = (change: Record<string, unknown>): Record<string, unknown> => ({ model: { ...(whole()['model'] as object), ...change } });

it('a normalizer that makes a text grow and grow is refused when it is used', () => {
  const grow = { type: 'Replace', pattern: { String: 'o' }, content: 'o'.repeat(20) };
  const tokenizer = TextTokenizer.fromJson({ ...whole(), added_tokens: [], normalizer: { type: 'Sequence', normalizers: Array(40).fill(grow) } }, {});
  const started = performance.now();
  expect(() => tokenizer.encode('The cow jumped over the moon. '.repeat(20))).toThrow(/more than 64 times as long/);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(tokenizer.encode('the cw').tokens.length).toBeGreaterThan(2);
});

describe('the form of tokenizer.json', () => {
  it('is right in a file that a library wrote', () => {
    expect(tokenizerFault(whole())).toBeNull();
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ pre_tokenizer: 5 }, /"pre_tokenizer" is no object with a "type"/],
    [{ pre_tokenizer: { type: 'Split', pattern: null } }, /"pattern" of "pre_tokenizer" \(Split\) is not an object/],
    [{ pre_tokenizer: { type: 'Sequence', pretokenizers: [null] } }, /has an empty part/],
    [{ normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend' }] } }, /"prepend" of a part of "normalizer" \(Prepend\) is not a text of at most 1000 characters/],
    [{ post_processor: { type: 'TemplateProcessing', single: Array(50_000).fill({ Sequence: { id: 'A' } }), pair: [] } }, /"single" of "post_processor" .* at most 64 parts/],
    [{ post_processor: { type: 'RobertaProcessing', sep: 5 } }, /"sep" of "post_processor"/],
    [{ added_tokens: [{ id: -1, content: 'x' }] }, /entry of "added_tokens"/],
    [{ model: null }, /no "model"/],
    [model({ vocab: { a: 1e9 } }), /entries without an id/],
    [model({ vocab: { a: 'x' } }), /entries without an id/],
    [model({ vocab: [['a', null]] }), /no list of texts and scores/],
    [model({ type: 'BPE' }), /no "merges"/],
    [model({ type: 'BPE', merges: ['a b c'] }), /no pairs of texts/],
  ])('is told where it is wrong: %j', (change, message) => {
    const json = { ...whole(), ...change };
    expect(tokenizerFault(json)).toMatch(message);
    expect(() => TextTokenizer.fromJson(json, {})).toThrow(/The model's tokenizer\.json cannot be used: .*Export the model again/);
  });
});
