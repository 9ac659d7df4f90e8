/** Most parts that a template may have: those in use have up to five. */
const mostParts = 64;
/** Most characters that a component puts into a text at one place. */
const mostLetters = 1000;
/** Most entries of a vocabulary, which ids count: the largest in use have a quarter of a million. */
const mostEntries = 2 ** 24;

type Json = Readonly<Record<string, unknown>>;

/** What each key of a component has to hold wherever it stands, if it is there and not null. */
const options: Readonly<Record<string, readonly [is: (value: unknown) => boolean, what: string]>> = {
  pattern: [(value) => isRecord(value) && (typeof value['String'] === 'string' || typeof value['Regex'] === 'string'), 'an object with "String" or "Regex"'],
  content: [isShort, `a text of at most ${mostLetters} characters`],
  prepend: [isShort, `a text of at most ${mostLetters} characters`],
  replacement: [isShort, `a text of at most ${mostLetters} characters`],
  prefix: [isText, 'a text'],
  suffix: [isText, 'a text'],
  behavior: [(value) => isText(value) && ['removed', 'isolated', 'mergedwithprevious', 'mergedwithnext', 'contiguous'].includes(value.toLowerCase()), 'a known way to split'],
  length: [isCount, 'a whole number'],
  start: [isCount, 'a whole number'],
  stop: [isCount, 'a whole number'],
  sep: [isNamed, 'a token and its id'],
  cls: [isNamed, 'a token and its id'],
  single: [isTemplate, `a list of at most ${mostParts} parts, each a "Sequence" or a "SpecialToken"`],
  pair: [isTemplate, `a list of at most ${mostParts} parts, each a "Sequence" or a "SpecialToken"`],
  special_tokens: [isRecord, 'an object'],
};
/** Options without which a component of a type is none. */
const required: Readonly<Record<string, readonly string[]>> = {
  Split: ['pattern'],
  Replace: ['pattern', 'content'],
  Prepend: ['prepend'],
  FixedLength: ['length'],
  RobertaProcessing: ['sep', 'cls'],
  BertProcessing: ['sep', 'cls'],
  TemplateProcessing: ['single', 'pair'],
};
const lists = ['normalizers', 'pretokenizers', 'processors', 'decoders'];

/**
 * What is wrong with the form of a parsed `tokenizer.json`, in words that go on from "cannot be used: "; null where all
 * that is read of it has the form that it should. The libraries that read it take the form for granted.
 */
export function tokenizerFault(json: Json): string | null {
  return (
    ['normalizer', 'pre_tokenizer', 'post_processor', 'decoder'].map((key) => componentFault(json[key], `"${key}"`)).find((fault) => fault !== null) ??
    addedTokensFault(json['added_tokens']) ??
    modelFault(json['model'])
  );
}

function componentFault(component: unknown, place: string): string | null {
  if (component === null || component === undefined) return null;
  if (!isRecord(component) || !isText(component['type'])) return `${place} is no object with a "type"`;
  const type = component['type'];
  for (const [key, [is, what]] of Object.entries(options)) {
    const value = component[key];
    const missing = value === undefined || value === null;
    if (missing ? required[type]?.includes(key) === true : !is(value)) return `"${key}" of ${place} (${shown(type)}) is not ${what}`;
  }
  for (const key of lists) {
    const parts = component[key];
    if (parts === undefined || parts === null) continue;
    if (!Array.isArray(parts)) return `"${key}" of ${place} is no list`;
    for (const part of parts as unknown[]) {
      const fault = part === null ? `"${key}" of ${place} has an empty part` : componentFault(part, `a part of ${place}`);
      if (fault !== null) return fault;
    }
  }
  return null;
}

function addedTokensFault(tokens: unknown): string | null {
  if (tokens === undefined || tokens === null) return null;
  if (!Array.isArray(tokens)) return '"added_tokens" is no list';
  const isToken = (token: unknown): boolean => isRecord(token) && isId(token['id']) && isText(token['content']);
  return tokens.every(isToken) ? null : 'an entry of "added_tokens" has no text or no id';
}

function modelFault(model: unknown): string | null {
  if (!isRecord(model)) return 'it holds no "model"';
  const { type, vocab, merges } = model;
  if (type !== undefined && type !== null && !isText(type)) return 'the "type" of its "model" is no text';
  if (Array.isArray(vocab)) {
    const isScored = (entry: unknown): boolean => Array.isArray(entry) && entry.length === 2 && isText(entry[0]) && Number.isFinite(entry[1]);
    if (vocab.length === 0 || vocab.length > mostEntries || !vocab.every(isScored)) return 'the "vocab" of its "model" is no list of texts and scores';
    if (merges !== undefined) return 'its "model" has "merges" and a "vocab" without ids';
    const unknown = model['unk_id'];
    if (unknown !== undefined && unknown !== null && !(isId(unknown) && unknown < vocab.length)) return 'the "unk_id" of its "model" is no entry of its "vocab"';
  } else {
    if (!isRecord(vocab)) return 'its "model" has no "vocab"';
    const ids = Object.values(vocab);
    if (ids.length === 0 || !ids.every(isId)) return 'the "vocab" of its "model" has entries without an id, or none at all';
    if (type === 'Unigram') return 'the "vocab" of its "model" has no scores';
  }
  for (const key of ['unk_token', 'continuing_subword_prefix', 'end_of_word_suffix']) {
    const value = model[key];
    if (value !== undefined && value !== null && !isText(value)) return `"${key}" of its "model" is no text`;
  }
  if (type === 'BPE' && merges === undefined) return 'its "model" has no "merges"';
  const isMerge = (merge: unknown): boolean => (isText(merge) ? merge.split(' ').length === 2 : Array.isArray(merge) && merge.length === 2 && merge.every(isText));
  if (merges !== undefined && !(Array.isArray(merges) && merges.every(isMerge))) return 'the "merges" of its "model" are no pairs of texts';
  return null;
}

function isTemplate(value: unknown): boolean {
  const isPart = (part: unknown): boolean => {
    if (!isRecord(part)) return false;
    const { Sequence: sequence, SpecialToken: special } = part;
    return (isRecord(sequence) && (sequence['id'] === 'A' || sequence['id'] === 'B')) || (isRecord(special) && isText(special['id']));
  };
  return Array.isArray(value) && value.length <= mostParts && value.every(isPart);
}

/** `["[SEP]", 3]` */
function isNamed(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && isText(value[0]) && isId(value[1]);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isShort(value: unknown): boolean {
  return isText(value) && value.length <= mostLetters;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isId(value: unknown): value is number {
  return isCount(value) && (value as number) < mostEntries;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
