import { HeadlightError } from '../../errors';
import { noClassifier } from '../../lenses/classification/requireClassifier';
import type { GivenDecoder, ModelInfo, ModelInput, ModelOutputs, OutputSelection, Tensor, TransformerModel, WordProbe, WordReader } from '../../lenses/model';
import { isNothing } from '../../lenses/interventions';
import { readModelFolder } from '../../library/modelFolder';
import type { InstrumentedGraph } from '../../onnx/instrument';
import { wordGraph } from '../../onnx/wordGraph';
import type { TextTokenizer } from '../../text/tokenizer';
import { bytesOf, type ModelWriter } from '../writing/modelWriter';
import { feedsFor, type LogitPlaces } from './feeds';
import { emptyPast, type Held } from './held';
import { interventionFeeds } from './interventionFeeds';
import { hiddenState, type Inside, lookInto } from './lookInto';
import type { OnnxSession } from './onnxSession';
import { wordFeeds } from './wordFeeds';
import { WordThreads } from './wordThreads';

/** A model folder's graph, instrumented and loaded. */
export class OnnxModel implements TransformerModel {
  private words: WordThreads | null = null;

  constructor(
    readonly info: ModelInfo,
    readonly tokenizer: TextTokenizer,
    readonly folder: string,
    readonly fingerprint: string,
    private readonly graph: Omit<InstrumentedGraph, 'bytes'>,
    private readonly session: OnnxSession,
    readonly writer: ModelWriter | null = null,
    readonly decoder: GivenDecoder | null = null,
    /** Script that runs word graphs where it is started as a thread; null where there is none. */
    private readonly wordThread: string | null = null,
  ) {}

  get attention(): TransformerModel['attention'] {
    return this.graph.attention;
  }

  get resumes(): boolean {
    return this.graph.intervened?.resumes ?? false;
  }

  get bytes(): number {
    return bytesOf([this.session, ...(this.writer?.sessions ?? [])]);
  }

  async run(batch: readonly ModelInput[], outputs: OutputSelection, signal: AbortSignal): Promise<ModelOutputs> {
    // A run blocks this process: whoever wants to cancel has to be heard before it.
    await new Promise(setImmediate);
    if (signal.aborted) throw new HeadlightError('cancelled', 'The request was cancelled.');
    const inside = lookInto(this.inside, outputs);
    const places = this.logitPlaces(outputs.logitsAt ?? []);
    const logits = places.length > 0 ? this.logitsName() : null;
    const nextSentence = outputs.nextSentence ? this.nextSentenceName() : null;
    const classes = outputs.classes ? this.classesName() : null;
    const fetches = [...inside.fetches, ...[logits, nextSentence, classes].filter((name) => name !== null)];
    const isNarrow = this.canNarrow(batch, outputs);
    const past = Object.fromEntries(this.graph.past.map((input) => [input.name, emptyPast(input, batch.length)]));
    const feeds = { ...feedsFor(this.graph.inputs, batch, this.tokenizer.padId, places, isNarrow), ...past, ...this.interventions(batch, isNarrow ? places : null) };
    const results = await this.session.run(feeds, [...new Set(fetches)]);
    const result = (name: string): Tensor => results.get(name)!;
    return {
      ...inside.found(results),
      logits: logits === null ? null : this.graph.logits!.atPositions ? flattened(result(logits)) : picked(result(logits), places),
      nextSentence: nextSentence === null ? null : result(nextSentence),
      classes: classes === null ? null : result(classes),
    };
  }

  async openWordReader({ own, projection, states }: WordProbe): Promise<WordReader | null> {
    const { fingerprint, folder, info, tokenizer, wordThread } = this;
    // The word graph is made of the file as it is.
    if (wordThread === null || info.device !== 'cpu' || this.graph.intervened) return null;
    const files = await readModelFolder(folder);
    if (files.fingerprint !== fingerprint) return null;
    const graph = wordGraph(files.graph, { states: states.map((index) => hiddenState(this.inside, index)), hiddenSize: info.hiddenSize, own, projection });
    if (!graph) return null;
    const threads = (this.words ??= new WordThreads(wordThread, { graph: { bytes: graph.bytes, weightsFolder: files.graph.weightsFolder, size: files.graph.size } }));
    return {
      atOnce: threads.count,
      read: async (batch, signal) => {
        if (signal.aborted) throw new HeadlightError('cancelled', 'The request was cancelled.');
        return threads.run(wordFeeds(graph.inputs, batch, tokenizer.padId));
      },
    };
  }

  /** Whether nothing but logits is wanted of the last layer, so that it may leave out all tokens but theirs. */
  private canNarrow(batch: readonly ModelInput[], { classes, hidden, logitsAt, nextSentence }: OutputSelection): boolean {
    const { layers } = this.info;
    return this.graph.intervened?.narrows === true
      && logitsAt !== undefined && logitsAt.length > 0 && logitsAt.every(({ state }) => state === undefined || state === layers)
      && !classes && !nextSentence && !hidden?.includes(layers)
      && !batch.some(({ interventions }) => interventions?.skipped?.includes(layers - 1) || interventions?.states?.some(({ state }) => state === layers));
  }

  /** @param narrowed the only places that the last layer makes hidden states of; null for all */
  private interventions(batch: readonly ModelInput[], narrowed: LogitPlaces | null): Record<string, Held> {
    const { intervened } = this.graph;
    const rows = batch.map(({ interventions }) => interventions ?? {});
    const resumed = this.resumed(batch);
    const tokens = widthOf(batch);
    const kept = narrowed && { narrowed: narrowed.map(({ row, token }) => row * tokens + token) };
    if (intervened) return interventionFeeds(intervened, { rows, tokens, before: 0, ...(resumed && { resumed }), ...kept });
    if (rows.every(isNothing) && !resumed) return {};
    throw new Error('The model was not opened for interventions.');
  }

  /** The hidden state that the rows go on from, padded. */
  private resumed(batch: readonly ModelInput[]): { readonly state: number; readonly vectors: Tensor } | null {
    const state = batch[0]?.resumed?.state;
    if (batch.some(({ resumed }) => resumed?.state !== state)) throw new Error('Rows of a run that go on from different states.');
    if (state === undefined) return null;
    if (!this.resumes || state < 1 || state >= this.info.layers) throw new Error(`A run cannot begin at state ${state}.`);
    const { hiddenSize } = this.info;
    const width = widthOf(batch);
    const data = new Float32Array(batch.length * width * hiddenSize);
    batch.forEach(({ resumed }, row) => { data.set(resumed!.vectors, row * width * hiddenSize); });
    return { state, vectors: { dims: [batch.length, width, hiddenSize], data } };
  }

  async dispose(): Promise<void> {
    await Promise.all([this.session.dispose(), this.writer?.dispose(), this.words?.dispose()]);
  }

  private get inside(): Inside {
    return { ...this.graph, name: this.info.name, limits: this.info.limits, heads: this.info.heads };
  }

  /** With the state counted from the first that the graph's head can read. */
  private logitPlaces(places: NonNullable<OutputSelection['logitsAt']>): LogitPlaces {
    const { layers, name } = this.info;
    const everyState = this.graph.logits?.everyState ?? false;
    return places.map(({ row, token, state = layers }) => {
      if (state < 0 || state > layers) hiddenState(this.inside, state);
      if (everyState) return { row, token, state };
      if (state === layers) return { row, token, state: 0 };
      throw new HeadlightError(
        'cannot-instrument',
        `${name} reads its vocabulary off the last hidden state only: the states before it are not normalized, or its ` +
          'head does not treat each token on its own. Choose a BERT-like model, such as the built-in encoder.',
      );
    });
  }

  private logitsName(): string {
    if (this.graph.logits) return this.graph.logits.name;
    throw new HeadlightError(
      'no-masked-lm-head',
      `${this.info.name} has no output over the vocabulary. Choose a model that was exported for masked language modelling (fill-mask).`,
    );
  }

  private classesName(): string {
    if (this.graph.classes !== null) return this.graph.classes.name;
    throw noClassifier(this.info.name);
  }

  private nextSentenceName(): string {
    if (this.graph.nextSentence !== null) return this.graph.nextSentence;
    throw new HeadlightError(
      'no-next-sentence-head',
      `${this.info.name} was exported without its next-sentence head. Choose the built-in encoder, or export BertForPreTraining.`,
    );
  }
}

function widthOf(batch: readonly ModelInput[]): number {
  return Math.max(...batch.map(({ tokens }) => tokens.length));
}

/** `[1, n, vocabulary]` → `[n, vocabulary]` */
function flattened({ dims, data }: Tensor): Tensor {
  return { dims: dims.slice(1), data };
}

/** `[batch, token, vocabulary]` → `[n, vocabulary]` at the places asked for. */
function picked({ dims, data }: Tensor, places: LogitPlaces): Tensor {
  const [, width, vocabulary] = dims as [number, number, number];
  const rows = new Float32Array(places.length * vocabulary);
  places.forEach(({ row, token }, index) => {
    const from = (row * width + token) * vocabulary;
    rows.set(data.subarray(from, from + vocabulary), index * vocabulary);
  });
  return { dims: [places.length, vocabulary], data: rows };
}
