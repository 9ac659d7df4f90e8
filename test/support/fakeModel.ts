import type { ModelInfo, ModelInput, ModelOutputs, OutputSelection, Tensor, TransformerModel } from '../../src/lenses/model';
import type { Token } from '../../src/text/token';
import { TextTokenizer } from '../../src/text/tokenizer';

const vocabulary = (
  '[PAD] [UNK] [CLS] [SEP] [MASK] the cow jumped over moon ate her grass stand stands bank river money music ' +
  'a . , ##s ##ing walk and or even ( ) apple'
).split(' ');

export interface FakeModelOptions {
  readonly info?: Partial<ModelInfo>;
  readonly maskToken?: boolean;
  readonly folder?: string;
  /** Memory that it holds. */
  readonly bytes?: number;
  /** Called before each run, for tests that count, delay or fail runs. */
  readonly onRun?: (batch: readonly ModelInput[], outputs: OutputSelection) => Promise<void> | void;
  /** Vector of a token: `[hidden]`, by hidden state. */
  readonly hidden?: (state: number, token: Token, index: number, input: ModelInput) => readonly number[];
  /** Of every layer: `[head · head size, hidden]`. */
  readonly outputProjection?: Float32Array;
  /** Value vectors `[1, head, token, head size]` of every layer. */
  readonly values?: Tensor;
  /** Logits of the classes of a row. */
  readonly classes?: (ids: readonly number[]) => readonly number[];
  /** Vocabulary logits at a place. */
  readonly logits?: (ids: readonly number[], place: number) => readonly number[];
}

/** A model whose outputs are simple functions of its input, with a real WordPiece tokenizer over a tiny vocabulary. */
export function fakeModel(options: FakeModelOptions = {}): TransformerModel & { bytes: number; dispose(): Promise<void>; disposed: boolean } {
  const hasMask = options.maskToken ?? true;
  const tokenizer = fakeTokenizer(hasMask);
  const info: ModelInfo = {
    id: 'fake',
    name: 'Fake model',
    architecture: 'bert',
    device: 'cpu',
    deviceReason: 'It is the only one.',
    layers: 2,
    heads: 3,
    hiddenSize: 4,
    window: 16,
    maskToken: hasMask ? '[MASK]' : null,
    hasMaskedLanguageHead: true,
    hasNextSentenceHead: true,
    labels: ['bad', 'good'],
    problemType: 'single-label',
    writes: null,
    limits: [],
    ...options.info,
  };
  return {
    info,
    tokenizer,
    attention: Array.from({ length: info.layers }, () => ({ kind: 'self', outputProjection: options.outputProjection ?? null })),
    folder: options.folder ?? '/nowhere',
    fingerprint: 'fake',
    writer: null,
    decoder: null,
    bytes: options.bytes ?? 1,
    disposed: false,
    async run(batch, outputs, signal) {
      signal.throwIfAborted();
      await options.onRun?.(batch, outputs);
      return outputsOf(batch, outputs, info, options);
    },
    dispose() {
      this.disposed = true;
      return Promise.resolve();
    },
  };
}

/** WordPiece over a few words, lower-cased, with BERT's template. */
export function fakeTokenizer(hasMask = true): TextTokenizer {
  const words = hasMask ? vocabulary : vocabulary.map((word) => (word === '[MASK]' ? '[unused]' : word));
  const special = (content: string) => ({ id: words.indexOf(content), content, special: true, normalized: false });
  const names = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...(hasMask ? ['[MASK]'] : [])];
  return TextTokenizer.fromJson(
    {
      version: '1.0',
      added_tokens: names.map((name) => ({ ...special(name), single_word: false, lstrip: false, rstrip: false })),
      normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [part('[CLS]', 0), sequence('A', 0), part('[SEP]', 0)],
        pair: [part('[CLS]', 0), sequence('A', 0), part('[SEP]', 0), sequence('B', 1), part('[SEP]', 1)],
        special_tokens: Object.fromEntries(
          ['[CLS]', '[SEP]'].map((token) => [token, { id: token, ids: [words.indexOf(token)], tokens: [token] }]),
        ),
      },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(words.map((word, id) => [word, id])),
      },
    },
    { unk_token: '[UNK]', pad_token: '[PAD]', ...(hasMask ? { mask_token: '[MASK]' } : {}) },
  );
}

function part(id: string, type_id: number) {
  return { SpecialToken: { id, type_id } };
}

function sequence(id: 'A' | 'B', type_id: number) {
  return { Sequence: { id, type_id } };
}

function outputsOf(
  batch: readonly ModelInput[],
  outputs: OutputSelection,
  info: ModelInfo,
  options: FakeModelOptions,
): ModelOutputs {
  const length = Math.max(...batch.map(({ tokens }) => tokens.length));
  const idsOf = (input: ModelInput) => input.ids ?? input.tokens.map(({ id }) => id);
  const hidden = options.hidden ?? ((state, { id }, index) => [state, id, index, 1]);
  const logits = options.logits ?? (() => Array.from({ length: vocabulary.length }, (_, id) => -id));
  return {
    attention: new Map(
      (outputs.attention ?? []).map((layer) => [layer, attentionOf(layer, info.heads, batch.length, length)]),
    ),
    hidden: new Map(
      (outputs.hidden ?? []).map((state) => [
        state,
        tensor(
          [batch.length, length, info.hiddenSize],
          batch.flatMap((input) =>
            Array.from({ length }, (_, index) => {
              const token = input.tokens[index];
              return token ? hidden(state, token, index, input) : new Array<number>(info.hiddenSize).fill(NaN);
            }).flat(),
          ),
        ),
      ]),
    ),
    headOutputs: new Map(),
    queryKeyValue: new Map(
      (outputs.queryKeyValue ?? []).map((layer) => {
        const value = options.values ?? tensor([1, info.heads, length, 1], new Array<number>(info.heads * length).fill(1));
        return [layer, { query: value, key: value, value }];
      }),
    ),
    logits: outputs.logitsAt
      ? tensor(
          [outputs.logitsAt.length, vocabulary.length],
          outputs.logitsAt.flatMap(({ row, token }) => logits(idsOf(batch[row]!), token)),
        )
      : null,
    embeddings: outputs.embeddings
      ? {
          word: tensor([1, length, info.hiddenSize], batch[0]!.tokens.flatMap(({ id }) => new Array<number>(info.hiddenSize).fill(id))),
          position: tensor([1, length, info.hiddenSize], Array.from({ length: length * info.hiddenSize }, (_, at) => Math.floor(at / info.hiddenSize))),
          segment: null,
        }
      : { word: null, position: null, segment: null },
    classes: outputs.classes
      ? tensor([batch.length, info.labels!.length], batch.flatMap((input) => (options.classes ?? (() => info.labels!.map((_, label) => label)))(idsOf(input))))
      : null,
    nextSentence: outputs.nextSentence ? tensor([batch.length, 2], batch.flatMap(() => [Math.log(3), 0])) : null,
  };
}

/** Each query looks at one key only, which differs by layer and head. */
function attentionOf(layer: number, heads: number, rows: number, length: number): Tensor {
  const result = tensor([rows, heads, length, length], new Array<number>(rows * heads * length * length).fill(0));
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      for (let query = 0; query < length; query++) {
        const key = (query + layer + head) % length;
        result.data[((row * heads + head) * length + query) * length + key] = 1;
      }
    }
  }
  return result;
}

function tensor(dims: readonly number[], values: readonly number[]): Tensor {
  return { dims, data: Float32Array.from(values) };
}

/** Id of a vocabulary entry of the fake tokenizer. */
export function fakeId(entry: string): number {
  return vocabulary.indexOf(entry);
}
