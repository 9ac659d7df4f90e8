import type { Encoding, Token } from '../text/token';
import type { TextTokenizer } from '../text/tokenizer';
import type { Interventions, WriterInterventions } from './interventions';
import type { Switches } from './whatIf/contract';
import type { Writer } from './writer';

/** Execution providers of ONNX Runtime that Headlight can drive. */
export const deviceNames = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type DeviceName = (typeof deviceNames)[number];
export type DeviceChoice = DeviceName | 'auto';

/** Which model a request is for, and where it shall run. */
export interface Target {
  /** A library id (`encoder`) or the absolute path of a model folder. */
  readonly model: string;
  readonly device: DeviceChoice;
  /** What is off while it is answered; nothing where it is not given. */
  readonly switches?: Switches;
}

/** A request whose model and device somebody else chooses. */
export type WithoutTarget<T> = Omit<T, keyof Target>;

/** What is known of a model once it is loaded. */
export interface ModelInfo {
  /** The target's `model`. */
  readonly id: string;
  /** Short name to show; it says what is off. */
  readonly name: string;
  /** What is switched off; absent where all is on. */
  readonly switches?: Switches;
  readonly architecture: string;
  readonly device: DeviceName;
  /** Why this device, in one sentence. */
  readonly deviceReason: string;
  readonly layers: number;
  readonly heads: number;
  readonly hiddenSize: number;
  /** Most tokens in one input, special tokens included. */
  readonly window: number;
  /** Text of the mask token, null for a model that has none. */
  readonly maskToken: string | null;
  readonly hasMaskedLanguageHead: boolean;
  readonly hasNextSentenceHead: boolean;
  /** Names of the classes that the model tells texts by, in the order of its outputs; null for a model that tells none. */
  readonly labels: readonly string[] | null;
  /** How the numbers of the classes are read; null for a model without. */
  readonly problemType: ProblemType | null;
  /** What the model can write; null for one that only reads. */
  readonly writes: WritingInfo | null;
  /** What could not be exposed and the graph node that stopped it; empty when everything was. */
  readonly limits: readonly string[];
}

/**
 * What a classifier was trained for, as `problem_type` of Transformers says it: one label of several (softmax over all),
 * each label by itself (sigmoid of each), or a number that is the answer as it is.
 */
export type ProblemType = 'single-label' | 'multi-label' | 'regression';

/**
 * How a decoder gets at the source that an encoder read: by attention of each of its heads, by one alignment a word
 * (LSTM with attention), or by one vector that is all it gets (LSTM without).
 */
export type SourceAccess = 'attention' | 'alignment' | 'vector';

/** What a model is made for: reading a text, writing anew what it read (translators, summarizers), or writing on (decoder stacks). */
export type ModelTask = 'reading' | 'translation' | 'continuation';

/** What is known of the part of a model that writes. The other counts of `ModelInfo` are those of the part that reads. */
export interface WritingInfo {
  readonly task: Exclude<ModelTask, 'reading'>;
  /** Null for a decoder stack. */
  readonly looksBy: SourceAccess | null;
  /** Layers and heads of the decoder's self-attention; 0 for an LSTM. */
  readonly layers: number;
  readonly heads: number;
  /** Most tokens of what is written, start tokens included; for a decoder stack the prompt counts too. */
  readonly window: number;
  /** Whether what was computed for earlier tokens is kept; otherwise all is read anew at each token. */
  readonly cached: boolean;
  /** Whether the vocabulary head can read every hidden state (logit lens). */
  readonly everyState: boolean;
}

/** Who attends to whom: a text to itself, to what came before only, or to another text. */
export type AttentionKind = 'self' | 'causal' | 'cross';

export interface LayerAttention {
  readonly kind: AttentionKind;
  /** `[head · head size, hidden]`: mixes the heads' outputs into the layer's; null where the file does not hold it. */
  readonly outputProjection: Float32Array | null;
}

/** Row-major numbers with their shape. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** What a run shall return. Only what is asked for leaves the runtime. */
export interface OutputSelection {
  /** Layers, from 0, whose attention probabilities are wanted. */
  readonly attention?: readonly number[];
  /** Hidden states wanted: 0 is the embedding layer's output, `layers` the last layer's. */
  readonly hidden?: readonly number[];
  /** Layers whose query, key and value vectors are wanted. */
  readonly queryKeyValue?: readonly number[];
  /** Layers whose heads' outputs are wanted, before they are mixed. */
  readonly headOutputs?: readonly number[];
  /**
   * Places whose vocabulary logits are wanted, as (row of the batch, token index), and the hidden state that the head
   * shall read: the last where it is not given.
   */
  readonly logitsAt?: readonly { readonly row: number; readonly token: number; readonly state?: number }[];
  readonly nextSentence?: boolean;
  readonly classes?: boolean;
  /** The parts that are added up before the first layer. */
  readonly embeddings?: boolean;
}

/** Results of one run over a batch, padded on the right to its longest row. */
export interface ModelOutputs {
  /** layer → `[batch, head, query, key]` */
  readonly attention: ReadonlyMap<number, Tensor>;
  /** hidden state index → `[batch, token, hidden]` */
  readonly hidden: ReadonlyMap<number, Tensor>;
  /** layer → `[batch, head, token, head size]` each */
  readonly queryKeyValue: ReadonlyMap<number, { readonly query: Tensor; readonly key: Tensor; readonly value: Tensor }>;
  /** layer → `[batch, head, query, head size]` */
  readonly headOutputs: ReadonlyMap<number, Tensor>;
  /** `[place, vocabulary]`, in the order of `logitsAt`; null when none were asked for. */
  readonly logits: Tensor | null;
  /** `[batch, 2]`: logits of "B follows A" and "B is from elsewhere"; null when not asked for. */
  readonly nextSentence: Tensor | null;
  /** `[batch, class]`: logits in the order of `ModelInfo.labels`; null when not asked for. */
  readonly classes: Tensor | null;
  /** `[batch or 1, token, hidden]` each; null for what was not asked for or the model lacks. */
  readonly embeddings: Readonly<Record<'word' | 'position' | 'segment', Tensor | null>>;
}

/** One row of a batch: the tokens, and the ids to feed where they differ from the tokens' own (masked places). */
export interface ModelInput {
  readonly tokens: readonly Token[];
  readonly ids?: readonly number[];
  /** The text that `tokens` are some of, where the others were left out: what is off in a text is off in what is left of it. */
  readonly whole?: readonly Token[];
  /** Of models that were opened for it. */
  readonly interventions?: Interventions;
  /** Where the run begins, of models that resume; the same state for all rows of a run. */
  readonly resumed?: ResumedState;
}

/** A hidden state from which a run goes on, so that the layers below are not computed again. */
export interface ResumedState {
  /** From 1 to the last layer's input. */
  readonly state: number;
  /** `[token, hidden]`, as a run gave them. */
  readonly vectors: Float32Array;
}

/** A row with the words whose vectors are wanted: the pieces of each, at least one. */
export interface WordsInput extends ModelInput {
  readonly words: readonly (readonly number[])[];
}

/** What one vector of a word is made of. */
export interface WordProbe {
  /** Hidden states whose unit vectors are averaged. */
  readonly states: readonly number[];
  /** `[hidden]`, taken away from that mean; null for nothing. */
  readonly own: Float32Array | null;
  /** `[hidden, dimensions]`, multiplied with what is left; null for none. */
  readonly projection: Float32Array | null;
}

/** A way to read many words. */
export interface WordReader {
  /** Batches that are read at a time. */
  readonly atOnce: number;
  /** Unit vectors `[word, dimensions]` of the words of a batch, row by row. Rejects with `cancelled` as `run` does. */
  readonly read: (batch: readonly WordsInput[], signal: AbortSignal) => Promise<Float32Array>;
}

/**
 * A transformer that can be looked into. Lenses know models by this contract only; the engine implements it.
 */
export interface TransformerModel {
  readonly info: ModelInfo;
  /** What each layer's attention is. */
  readonly attention: readonly LayerAttention[];
  readonly tokenizer: TextTokenizer;
  /** Folder of the model, for files that belong to it beside the graph. */
  readonly folder: string;
  /** Changes when the weights change. */
  readonly fingerprint: string;
  /** Whether runs can begin at a hidden state; only answers and states from there on can be asked of them. */
  readonly resumes?: boolean;
  /** The part that writes; null for a model that only reads. */
  readonly writer: Writer | null;
  /** The decoder of an encoder–decoder, to be looked into; null for a model without, or whose decoder attends to nothing. */
  readonly decoder: GivenDecoder | null;
  /**
   * Runs a batch once.
   * @throws HeadlightError `cancelled` when `signal` is aborted before the run starts;
   *   `no-masked-lm-head`, `no-next-sentence-head`, `no-classifier` or `cannot-instrument` for an output that the model lacks.
   */
  run(batch: readonly ModelInput[], outputs: OutputSelection, signal: AbortSignal): Promise<ModelOutputs>;
  /**
   * Opens a way to read many words that is faster than `run` and nearly the same, once for as long as the model lives;
   * null where the model's file or its device allow none.
   */
  openWordReader?(probe: WordProbe): Promise<WordReader | null>;
}

/** Stacks of attention in a decoder that writes what an encoder read: over what is written, and over the source. */
export type GivenPart = 'decoder' | 'cross';

/** What a decoder is given to look at: ids of a source, and of all tokens that it reads, the start token first. */
export interface GivenText {
  readonly source: readonly number[];
  readonly inputs: readonly number[];
  readonly interventions?: WriterInterventions;
}

/**
 * A decoder of what an encoder read, looked into over a whole text at once (teacher forcing). Row `i` of its outputs is
 * of the place where `inputs[i]` was read last and the token after it is found.
 */
export interface GivenDecoder {
  /** What each layer's attention is; empty for a stack that the decoder does not have. */
  readonly attention: Readonly<Record<GivenPart, readonly LayerAttention[]>>;
  /** Heads of a layer. */
  readonly heads: number;
  /**
   * Layers are counted in the part; for cross-attention, `query` is of what is written, `key` and `value` of the source.
   * Hidden states and embeddings are the decoder's.
   * @throws HeadlightError as `TransformerModel.run`
   */
  run(part: GivenPart, given: GivenText, outputs: Pick<OutputSelection, keyof GivenOutputs>, signal: AbortSignal): Promise<GivenOutputs>;
}

export type GivenOutputs = Pick<ModelOutputs, 'attention' | 'hidden' | 'queryKeyValue' | 'headOutputs' | 'embeddings'>;

/** What every result says about itself: which model, on which device. */
export interface ModelSubject {
  readonly model: ModelInfo;
}

/** The same for a result about one text or pair, with the tokens that the model read. */
export interface TextSubject extends ModelSubject {
  readonly tokens: Encoding['tokens'];
  /** Set when the text was longer than the window: what was read, in words and in tokens of the whole. */
  readonly windowed: { readonly read: number; readonly total: number; readonly explanation: string } | null;
}
