import { HeadlightError } from '../../errors';
import { kullbackLeibler } from '../../math/divergence';
import { logSoftmax } from '../../math/softmax';
import { topK } from '../../math/topK';
import type { Token } from '../../text/token';
import { encodeWithinWindow } from '../../text/window';
import { requireAttention } from '../attention/checks';
import { batchesByLength } from '../batches';
import type { Compute, ComputeContext } from '../compute';
import { LruCache } from '../lruCache';
import type { ModelInput, ModelOutputs, OutputSelection, TransformerModel } from '../model';
import { perModel } from '../perModel';
import type { Prediction } from '../predictions/contract';
import { labelIndexes } from '../classification/labelledLines';
import { rowsOf } from '../classification/compute';
import { greatest, probabilitiesOf } from '../classification/outcome';
import { classDivergence } from './classDivergence';
import { requireComparable, requireSameTokens } from './comparable';
import { type AccuracyDrift, type Drift, type DriftRequest, longestLine, type PredictionChange, type PredictionKind } from './contract';
import { masked, predictionPlaces, sharedPrediction } from './predictionPlaces';
import { readsAlike } from './readsAlike';
import { repeatedWords } from './repeatedWords';
import { senseDrift } from './senseDrift';
import { addAttention, addStates, type HeadSums, type StateSums } from './sums';
import { mostToCompare, WordVectors } from './wordVectors';

/** Lines whose tokens are held at a time. */
const linesAtOnce = 200;
/** Tokens of one run, padding included: all maps of both models are held for it. */
const tokensPerRun = 512;

/** Answers are remembered, so that a page that was hidden has its own again at once. */
const answersOf = perModel(() => new LruCache<string, Drift>(4));

/** One line as both models read it. */
interface Line extends ModelInput {
  /** Index into the request's lines. */
  readonly index: number;
  readonly text: string;
  /** Tokens whose predictions are compared. */
  readonly places: readonly number[];
}

/** What is added up batch by batch. */
interface Sums {
  readonly heads: HeadSums;
  readonly states: StateSums;
  readonly lineDivergence: Float32Array;
  readonly words: WordVectors;
  readonly changes: PredictionChange[];
  /** By line, the class that it is of; null where nobody says. */
  readonly truths: readonly (number | null)[];
  readonly right: { -readonly [K in keyof AccuracyDrift]: number };
  tokens: number;
  weights: number;
  cut: number;
  places: number;
  divergence: number;
}

/**
 * Reads each line with both files and compares what comes out, some lines at a time: what a run gives is added up and let
 * go, so that memory does not grow with the text.
 */
export const measureDrift: Compute<'drift/measure'> = async (request, context) => {
  const { model, progress, withModel } = context;
  requireAttention(model.info);
  if (!request.lines.some((line) => line.trim() !== '')) {
    throw new HeadlightError('empty-text', 'There are no lines to compare the models on. Choose a file with text.');
  }
  progress({ message: 'Loading the other model' });
  return withModel({ model: request.against, device: model.info.device }, async (other) => {
    requireComparable(model, other);
    const answers = answersOf(model);
    const key = JSON.stringify([other.info.id, other.info.device, other.fingerprint, request.lines, request.labels]);
    const known = answers.get(key);
    if (known) return known;
    const answer = await measured(request, other, context);
    answers.set(key, answer);
    return answer;
  });
};

async function measured({ labels, lines: texts }: DriftRequest, other: TransformerModel, context: ComputeContext): Promise<Drift> {
  const { model, progress, signal } = context;
  const { layers, heads, hiddenSize } = model.info;
  const words = new WordVectors(repeatedWords(texts, mostToCompare(layers + 1, hiddenSize)), layers + 1, model.tokenizer.unknownId);
  const { kind, whyNone } = sharedPrediction(model, other);
  const sums: Sums = {
    heads: { divergence: new Float64Array(layers * heads), difference: new Float64Array(layers * heads) },
    states: { cosineDistance: new Float64Array(layers + 1), relativeNorm: new Float64Array(layers + 1) },
    lineDivergence: new Float32Array(texts.length),
    words,
    truths: truthsOf(labels ?? [], model), right: { lines: 0, before: 0, after: 0, onlyBefore: 0, onlyAfter: 0 },
    changes: [], tokens: 0, weights: 0, cut: 0, places: 0, divergence: 0,
  };
  let done = 0;
  let budget: number | null = null;
  for (let from = 0; from < texts.length; from += linesAtOnce) {
    const lines = texts.slice(from, from + linesAtOnce).map((text, index) => readLine(text, from + index, kind, [model, other], sums));
    // With no budget each line is a batch of its own.
    budget ??= (await readsAlike(model, lines, signal)) && (await readsAlike(other, lines, signal)) ? tokensPerRun : 0;
    for (const batch of batchesByLength(lines, budget)) {
      progress({ message: 'Comparing lines', done, total: texts.length });
      await addBatch(batch.map((index) => lines[index]!), kind, [model, other], sums, signal);
      done += batch.length;
    }
  }
  requireFinite(sums, model, other);
  const mean = (values: Float64Array, count: number): Float32Array => Float32Array.from(values, (sum) => sum / count);
  return {
    model: model.info,
    against: other.info,
    tokens: sums.tokens,
    cut: sums.cut,
    heads: { divergence: mean(sums.heads.divergence, sums.tokens), difference: mean(sums.heads.difference, sums.weights) },
    states: { cosineDistance: mean(sums.states.cosineDistance, sums.tokens), relativeNorm: mean(sums.states.relativeNorm, sums.tokens) },
    lineDivergence: sums.lineDivergence,
    senses: await senseDrift(words, layers + 1, signal),
    predictions: kind && { kind, places: sums.places, divergence: sums.divergence / Math.max(1, sums.places), accuracy: sums.right.lines > 0 ? sums.right : null, changes: sums.changes.sort((a, b) => a.line - b.line || a.start - b.start) },
    noPredictions: whyNone,
  };
}

type Pair = readonly [TransformerModel, TransformerModel];

/** @throws HeadlightError `models-differ` for a line that becomes other tokens */
function readLine(text: string, index: number, kind: PredictionKind | null, [model, other]: Pair, sums: Sums): Line {
  const window = Math.min(longestLine, model.info.window, other.info.window);
  const read = ({ tokenizer }: TransformerModel): ReturnType<typeof encodeWithinWindow> => encodeWithinWindow(tokenizer, text, { window });
  const { encoding: { tokens }, windowed } = read(model);
  requireSameTokens(text, tokens, read(other).encoding.tokens);
  if (windowed) sums.cut++;
  const first = kind === 'next' ? 1 : 0;
  const places = kind === null || kind === 'class' ? [] : predictionPlaces(text, tokens, model.tokenizer, first);
  return { index, text, tokens, places };
}

async function addBatch(lines: readonly Line[], kind: PredictionKind | null, pair: Pair, sums: Sums, signal: AbortSignal): Promise<void> {
  const [{ info: { layers, heads } }] = pair;
  const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
  const earlier = kind === 'next' ? 1 : 0;
  const logitsAt = lines.flatMap(({ places }, row) => places.map((token) => ({ row, token: token - earlier })));
  const outputs = { attention: range(layers), hidden: range(layers + 1), ...(kind === 'next' && { logitsAt }), ...(kind === 'class' && { classes: true }) };
  const [one, two] = await both(pair, lines, outputs, signal);
  const lengths = lines.map(({ tokens }) => tokens.length);
  const divergences = lines.map(() => 0);
  for (const layer of outputs.attention) {
    addAttention(sums.heads, layer, one.attention.get(layer)!, two.attention.get(layer)!, lengths).forEach((sum, row) => { divergences[row]! += sum; });
  }
  const places = sums.words.placesIn(lines);
  for (const state of outputs.hidden) {
    const [before, after] = [one.hidden.get(state)!, two.hidden.get(state)!];
    addStates(sums.states, state, before, after, lengths);
    sums.words.add(places, state, before, after);
  }
  lines.forEach(({ index, tokens: { length } }, row) => {
    sums.tokens += length;
    sums.weights += length * length;
    sums.lineDivergence[index] = length === 0 ? 0 : divergences[row]! / (layers * heads * length);
  });
  if (kind === 'class') addClasses(lines, pair, [one, two], sums);
  if (logitsAt.length === 0) return;
  const maskId = pair[0].tokenizer.maskToken?.id;
  const [first, second] = kind === 'masked' ? await both(pair, lines.map((line) => masked(line, line.places, maskId!)), { logitsAt }, signal) : [one, two];
  addPredictions(lines, pair, [first, second], sums);
}

/** @throws HeadlightError `model-broken`, `run-failed` as `rowsOf` */
function addClasses(lines: readonly Line[], [model, other]: Pair, outputs: readonly [ModelOutputs, ModelOutputs], sums: Sums): void {
  const problemType = model.info.problemType!;
  const [one, two] = [rowsOf(outputs[0].classes!, model.info), rowsOf(outputs[1].classes!, other.info)];
  lines.forEach(({ index, text }, row) => {
    const [first, second] = [one[row]!, two[row]!];
    const divergence = classDivergence(first, second, problemType);
    sums.places++;
    sums.divergence += divergence;
    const [before, after] = [first, second].map((logits): Prediction => {
      const id = greatest(logits);
      return { token: model.info.labels![id]!, id, probability: probabilitiesOf(logits, problemType)![id]! };
    }) as [Prediction, Prediction];
    addRight(sums, sums.truths[index] ?? null, before.id, after.id);
    if (before.id !== after.id) sums.changes.push({ line: index, start: 0, end: text.length, divergence, before, after });
  });
}

/** By line, the index of its label among the classes. */
function truthsOf(labels: readonly (string | null)[], { info }: TransformerModel): (number | null)[] {
  const indexes = labelIndexes(info.labels ?? []);
  return labels.map((label) => (label === null ? null : (indexes.get(label.toLowerCase()) ?? null)));
}

function addRight({ right }: Sums, truth: number | null, before: number, after: number): void {
  if (truth === null) return;
  right.lines++;
  if (before === truth) right.before++;
  if (after === truth) right.after++;
  if (before === truth && after !== truth) right.onlyBefore++;
  if (after === truth && before !== truth) right.onlyAfter++;
}

/** The same run by one model and then by the other. */
async function both([model, other]: Pair, batch: readonly ModelInput[], outputs: OutputSelection, signal: AbortSignal): Promise<readonly [ModelOutputs, ModelOutputs]> {
  const first = await model.run(batch, outputs, signal);
  return [first, await other.run(batch, outputs, signal)];
}

/** @throws HeadlightError `models-differ` for vocabularies of other sizes */
function addPredictions(lines: readonly Line[], [model, other]: Pair, outputs: readonly [ModelOutputs, ModelOutputs], sums: Sums): void {
  const [one, two] = outputs.map(({ logits }) => logits!) as [NonNullable<ModelOutputs['logits']>, NonNullable<ModelOutputs['logits']>];
  const vocabulary = one.dims[1]!;
  if (two.dims[1] !== vocabulary) {
    throw new HeadlightError(
      'models-differ',
      `${model.info.name} predicts ${vocabulary} tokens and ${other.info.name} ${two.dims[1]!}. Choose two files with one vocabulary.`,
    );
  }
  let place = 0;
  for (const { index, tokens, places } of lines) {
    for (const token of places) {
      const logs = [one, two].map(({ data }) => logSoftmax(data.subarray(place * vocabulary, (place + 1) * vocabulary))) as [Float32Array, Float32Array];
      place++;
      const divergence = kullbackLeibler(...logs);
      sums.places++;
      sums.divergence += divergence;
      const [before, after] = logs.map((own) => likeliest(own, model)) as [Prediction, Prediction];
      if (before.id !== after.id) sums.changes.push({ line: index, ...rangeOf(tokens[token]!), divergence, before, after });
    }
  }
}

function likeliest(logs: Float32Array, { tokenizer }: TransformerModel): Prediction {
  const [id = 0] = topK(logs, 1);
  return { token: tokenizer.display(id), id, probability: Math.exp(logs[id]!) };
}

function rangeOf({ start, end }: Token): { readonly start: number; readonly end: number } {
  return { start, end };
}

/** @throws HeadlightError `run-failed` where one of the files computes what is no number */
function requireFinite({ heads, states, divergence }: Sums, { info }: TransformerModel, other: TransformerModel): void {
  const numbers = [...heads.difference, ...states.relativeNorm, divergence];
  if (numbers.every(Number.isFinite)) return;
  throw new HeadlightError(
    'run-failed',
    `${info.name} or ${other.info.name} computes numbers on these lines that are infinite or none at all, as broken weights do. Export the model anew, or compare on the cpu.`,
  );
}
