import type { Random } from '../random';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Patterns whose matching takes time that doubles with each letter. */
export const endlessPatterns = ['(a+)+$', '(\\w+\\s?)*!', '(([a-z])+.)+[A-Z]([a-z])+$', '(?=(.*)*b)c', '(.*?){1,99}x'];
const text = ['', ' ', '\0', '\ud800', 'x'.repeat(100_000), '__proto__', '[MASK]', '(', '$&', '\u202e', '▁', 'Ġ'];

/** In place of a value. Texts that JSON.parse reads but JSON.stringify does not write stand as marks, see `written`. */
function wrong(random: Random): Json {
  return random.pick<() => Json>([
    () => null, () => true, () => false, () => 0, () => -1, () => 1.5, () => 1e308, () => 2 ** 53, () => -(2 ** 31), () => [], () => ({}),
    () => random.pick(text), () => [[[]]], () => ({ type: 'Nothing' }), () => ({ type: 'Sequence' }), () => '\u0001huge', () => '\u0001deep', () => '\u0001deepObject',
    () => [null], () => Array.from({ length: 5000 }, (_, i) => i), () => ({ content: {} }), () => ['a', 'b'],
  ])();
}

/** Changes made with knowledge of what `tokenizer.json` holds. */
const tokenizerMutations: Readonly<Record<string, (json: Record<string, Json>, random: Random) => void>> = {
  'split pattern that does not end': (json, random) => {
    json['pre_tokenizer'] = { type: 'Split', pattern: { Regex: random.pick(endlessPatterns) }, behavior: 'Isolated', invert: false };
  },
  'replace pattern that does not end': (json, random) => {
    json['normalizer'] = { type: 'Replace', pattern: { Regex: random.pick(endlessPatterns) }, content: 'x' };
  },
  'pattern that is none': (json, random) => {
    json['pre_tokenizer'] = { type: 'Split', pattern: random.pick<Json>([{ Regex: '(' }, { Regex: '' }, { String: '' }, {}, null, 'x', { Regex: 5 }, { Regex: '[' }, { Regex: '\\' }]), behavior: random.pick(['Isolated', 'Removed', 'Nonsense', 'MergedWithNext']) };
  },
  'text that grows': (json, random) => {
    const grow: Json = { type: 'Replace', pattern: { String: 'o' }, content: 'oooooooooooooooooooo' };
    json['normalizer'] = { type: 'Sequence', normalizers: Array.from({ length: random.pick([2, 6, 40]) }, () => grow) };
  },
  'prefix of prefixes': (json) => {
    json['normalizer'] = { type: 'Sequence', normalizers: Array.from({ length: 2000 }, () => ({ type: 'Prepend', prepend: 'ab' })) };
  },
  'sequences in sequences': (json, random) => {
    let inner: Json = { type: 'NFC' };
    for (let depth = random.pick([10, 2000]); depth > 0; depth--) inner = { type: 'Sequence', normalizers: [inner] };
    json['normalizer'] = inner;
  },
  'merges in a circle': (json) => {
    const model = json['model'] as Record<string, Json>;
    model['type'] = 'BPE';
    model['merges'] = [['a', 'b'], ['b', 'a'], ['ab', 'ab'], ['abab', 'ab'], ['', ''], ['', 'a'], ['t', 'h'], ['th', 'th'], 'a', 'a b c', ' ', 'x y'];
  },
  'many merges': (json, random) => {
    const model = json['model'] as Record<string, Json>;
    model['merges'] = Array.from({ length: 50_000 }, () => [random.pick(['a', 'b', 'th', 'e']), random.pick(['a', 'b', 'th', 'e'])]);
  },
  'ids of the vocabulary': (json, random) => {
    const model = json['model'] as Record<string, Json>;
    const vocabulary = model['vocab'];
    if (typeof vocabulary !== 'object' || vocabulary === null || Array.isArray(vocabulary)) return;
    const ids: readonly Json[] = [-1, 1e9, 2 ** 31, 2 ** 53, 1.5, 'x', null, {}, 99_999];
    for (const key of Object.keys(vocabulary)) if (random.chance(0.2)) vocabulary[key] = random.pick(ids);
  },
  'vocabulary as a list': (json, random) => {
    (json['model'] as Record<string, Json>)['vocab'] = random.pick<Json>([[], [['a', 0], ['b', -1]], [['a']], [[]], [5], ['a', 'b'], [['', 0]]]);
  },
  'kind of model': (json, random) => {
    (json['model'] as Record<string, Json>)['type'] = random.pick<Json>(['BPE', 'WordPiece', 'Unigram', 'WordLevel', 'Nothing', '', null, 5, '__proto__']);
  },
  'unigram': (json, random) => {
    json['model'] = { type: 'Unigram', unk_id: random.pick<Json>([0, -1, 99, null, 'x']), vocab: [['<unk>', 0], ['▁', -2], ['a', 'x'], ['the', null], ['cow', 1e308]].slice(0, 1 + random.below(5)) as Json };
  },
  'many added tokens': (json, random) => {
    json['added_tokens'] = Array.from({ length: random.pick([3000, 60_000]) }, (_, id) => ({ id, content: `<${'a'.repeat(id % 50)}${id}>`, special: random.chance(0.5), normalized: random.chance(0.5), lstrip: true, rstrip: true }));
  },
  'added tokens': (json, random) => {
    json['added_tokens'] = Array.from({ length: 20 }, () => ({ id: wrong(random), content: random.chance(0.7) ? random.pick(text) : wrong(random), special: wrong(random), normalized: wrong(random) }));
  },
  'added token of one letter': (json) => {
    json['added_tokens'] = Array.from('the cowjumpdvrn.', (content, index) => ({ id: index * 1e6, content, normalized: true, lstrip: true }));
  },
  'template': (json, random) => {
    json['post_processor'] = random.pick<Json>([
      { type: 'TemplateProcessing' }, { type: 'TemplateProcessing', single: null, pair: [], special_tokens: {} }, { type: 'TemplateProcessing', single: [{ SpecialToken: { id: 'none', type_id: 9 } }, {}], pair: [{ Sequence: { id: 'C' } }], special_tokens: [] },
      { type: 'RobertaProcessing' }, { type: 'RobertaProcessing', sep: 5, cls: [] }, { type: 'BertProcessing', sep: ['x', 'y'], cls: ['x', -1] }, { type: 'Sequence', processors: [null, 5, {}] },
      { type: 'TemplateProcessing', single: Array.from({ length: 50_000 }, () => ({ Sequence: { id: 'A', type_id: 0 } })), pair: [], special_tokens: {} },
    ]);
  },
  'kinds of parts': (json, random) => {
    const kinds = ['BertNormalizer', 'Precompiled', 'Strip', 'Prepend', 'Replace', 'Metaspace', 'FixedLength', 'Digits', 'Punctuation', 'Split', 'ByteLevel', 'Whitespace', 'Nmt', 'StripAccents', 'Lowercase'];
    const key = random.pick(['normalizer', 'pre_tokenizer', 'decoder', 'post_processor']);
    const option = (): [string, Json] => [random.pick(['pattern', 'content', 'prepend', 'replacement', 'length', 'behavior', 'split', 'prepend_scheme', 'precompiled_charsmap', 'lowercase']), wrong(random)];
    json[key] = { type: random.pick(kinds), ...Object.fromEntries([option(), option(), option()]) };
  },
};

/** A member of the document at random, with the way to set it. */
function place(root: Json, random: Random): { readonly holder: Json[] | Record<string, Json>; readonly key: string | number } | null {
  let holder: Json = root;
  for (let depth = 0; ; depth++) {
    if (typeof holder !== 'object' || holder === null) return null;
    const keys = Array.isArray(holder) ? [...holder.keys()] : Object.keys(holder);
    if (keys.length === 0) return null;
    const key = random.pick<string | number>(keys);
    const value = (holder as Record<string | number, Json>)[key] as Json;
    const goesOn = typeof value === 'object' && value !== null && Object.keys(value).length > 0 && depth < 8;
    if (!goesOn || random.chance(0.35)) return { holder, key };
    holder = value;
  }
}

/** Changes some members of any JSON document: of other types, missing, doubled, named like members of a prototype. */
function mutateMembers(root: Json, random: Random): string {
  const names: string[] = [];
  for (let count = 1 + random.below(3); count > 0; count--) {
    const found = place(root, random);
    if (found === null) continue;
    const { key } = found;
    const holder = found.holder as Record<string | number, Json>;
    switch (random.below(5)) {
      case 0:
        names.push(`without ${String(key)}`);
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
        else delete holder[key];
        break;
      case 1:
        names.push(`prototype at ${String(key)}`);
        if (!Array.isArray(holder)) Object.defineProperty(holder, random.pick(['__proto__', 'constructor', 'toString', 'hasOwnProperty']), { value: wrong(random), enumerable: true, configurable: true, writable: true });
        break;
      default:
        names.push(`other ${String(key)}`);
        holder[key] = wrong(random);
    }
  }
  return names.join(', ');
}

/** JSON text with what an object cannot hold: numbers beyond all bounds, nesting too deep for recursion, keys given twice. */
function written(value: Json, random: Random): string {
  const depth = random.pick([500, 5000, 100_000]);
  let json = JSON.stringify(value)
    .replaceAll('"\\u0001huge"', random.pick(['1e999', '-1e999', '9'.repeat(400), '1e-999']))
    .replaceAll('"\\u0001deepObject"', () => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
    .replaceAll('"\\u0001deep"', () => `${'['.repeat(depth)}${']'.repeat(depth)}`);
  if (random.chance(0.05)) json = `{"model_type":"x","hidden_size":1e999,${json.slice(1)}`;
  if (random.chance(0.02)) json = `\ufeff${json}`;
  return json;
}

/** @param tokenizer whether it is a `tokenizer.json`, of which more is known */
export function mutateJson(source: Uint8Array, random: Random, tokenizer: boolean): { readonly name: string; readonly bytes: Uint8Array } {
  const json = JSON.parse(new TextDecoder().decode(source)) as Record<string, Json>;
  const known = tokenizer && random.chance(0.5) ? random.pick(Object.keys(tokenizerMutations)) : null;
  if (known !== null) tokenizerMutations[known]!(json, random);
  const name = known ?? mutateMembers(json, random);
  return { name, bytes: new TextEncoder().encode(written(json, random)) };
}
