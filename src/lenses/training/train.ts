import { HeadlightError } from '../../errors';
import { fitLogisticRegression, type LinearHead, type Matrix } from '../../math/logisticRegression';
import { randomNumbers } from '../../math/random';
import { columnScale, foldScale, standardized } from '../../math/standardize';
import { stratifiedFolds, stratifiedSample, stratifiedSplit } from '../../math/stratified';
import type { LensProgress } from '../calls';
import type { ComputeContext } from '../compute';
import { type LearningPoint, type Pooling, type StateCurve, type TrainedClassifier, type TrainRequest, type TriedPenalty, type WrongExample } from './contract';
import { type Example, type Examples, readExamples, unusable } from './examples';
import { accuracyOf, figuresOf, sayOf } from './figures';
import { type OpenKeptVectors, possiblePoolings, textVectors, type TextVectors } from './vectors';

/** Share of the examples that nothing is trained on. */
const heldOutShare = 0.2;
/** Strengths of the penalty that are tried, weakest last, as scikit-learn's `C`. */
const penalties = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];
/** How far above the least a loss is from which weaker penalties, which take longest, are not tried: they overfit more. */
const muchWorse = 1.05;
/** Of fits that are only compared: nearer to the minimum, the choice would be the same. */
const roughly = 1e-3;
/** Where there are too few examples to choose. */
const usualPenalty = 1e-2;
const mostFolds = 5;
/** Examples on which the penalty is chosen and curves are drawn; more would say the same and take long. */
const mostForCurves = 4000;
const learningSizes = 8;
const draws = 5;
/** Bytes of vectors that are held at a time. */
const mostVectorBytes = 768 * 2 ** 20;
const mostLeftOut = 50;
const mostWrong = 100;
/** Characters of an example that are told. */
const mostShown = 400;
/** Milliseconds of arithmetic between two moments in which the process hears what is said to it. */
const patience = 40;

/** The examples with their labels as numbers. */
interface Labelled {
  readonly labels: readonly string[];
  readonly targets: Uint16Array;
}

/**
 * Trains a classifier on vectors of an encoder that is left as it is: examples of each label are held out by a seed, the
 * penalty is chosen by cross-validation on the others, and all figures are of those held out.
 * @throws HeadlightError `data-unusable`, `out-of-range`, `cancelled`
 */
export async function train(request: TrainRequest, keep: OpenKeptVectors | null, context: ComputeContext): Promise<Omit<TrainedClassifier, 'notKept'>> {
  const { model } = context;
  const found = readExamples(request.name, request.text);
  const { labels, targets } = labelled(request.name, found);
  const state = stateOf(request, context);
  const possible = possiblePoolings(model);
  if (!possible.includes(request.pooling)) {
    throw new HeadlightError('out-of-range', `${model.info.name} puts no token such as [CLS] in front of a text that would stand for all of it. Choose the mean of all tokens.`);
  }
  const begun = performance.now();
  const everyState = Array.from({ length: model.info.layers + 1 }, (_, index) => index);
  const { hiddenSize } = model.info;
  const bytesOf = (vectors: number): number => found.examples.length * vectors * hiddenSize * Float32Array.BYTES_PER_ELEMENT;
  const allFit = bytesOf(possible.length * everyState.length) <= mostVectorBytes;
  if (!allFit && bytesOf(1) > mostVectorBytes) {
    throw unusable(`The vectors of ${found.examples.length} examples would take ${Math.round(bytesOf(1) / 2 ** 20)} MB, more than the ${mostVectorBytes / 2 ** 20} that are held at a time.`, 'Train on a part of the file.');
  }
  const wanted = allFit ? { states: everyState, poolings: possible } : { states: [state], poolings: [request.pooling] };
  const vectors = await textVectors(found.examples.map(({ text }) => text), wanted, keep, context);
  const read = performance.now();

  const random = randomNumbers(request.seed);
  const [training, heldOut] = stratifiedSplit(targets, heldOutShare, random);
  const work = new Work(context);
  const rowsOf = (rows: readonly number[], pooling: Pooling = request.pooling, of: number = state): Rows => ({
    features: pick(vectors, rows, pooling, of, hiddenSize),
    targets: Uint16Array.from(rows, (row) => targets[row]!),
    classes: labels.length,
  });
  const few = training.length > mostForCurves ? stratifiedSample(Uint16Array.from(training, (row) => targets[row]!), mostForCurves, random).map((at) => training[at]!) : training;
  const fewHeldOut = heldOut.length > mostForCurves ? stratifiedSample(Uint16Array.from(heldOut, (row) => targets[row]!), mostForCurves, random).map((at) => heldOut[at]!) : heldOut;

  const penalty = await choosePenalty(rowsOf(few), random, work);
  const losses: number[] = [];
  const all = rowsOf(training);
  const head = await fitted(all, penalty.c, work, (loss) => {
    losses.push(loss);
    work.say({ message: 'Fitting', training: { losses: [...losses] } });
  });
  const test = rowsOf(heldOut);
  const { probabilities, said } = sayOf(head, test.features);
  const learning = await learningCurve(rowsOf(few), rowsOf(fewHeldOut), penalty.c, random, work, losses);
  const states = allFit ? await stateCurves(possible, everyState, (pooling, of) => [rowsOf(few, pooling, of), rowsOf(fewHeldOut, pooling, of)], penalty.c, work, losses) : [];
  const wrong = wrongExamples(heldOut, found.examples, targets, said, probabilities, labels.length);
  return {
    model: model.info,
    name: request.name,
    format: found.format,
    labels,
    counts: labels.map((_, k) => targets.filter((target) => target === k).length),
    leftOut: { total: found.leftOut.length, lines: found.leftOut.slice(0, mostLeftOut) },
    cut: vectors.cut,
    unknown: vectors.unknown,
    pooling: request.pooling,
    state,
    seed: request.seed,
    split: { training: training.length, heldOut: heldOut.length },
    penalty: { ...penalty, examples: few.length },
    losses,
    figures: figuresOf(said, test.targets, labels.length, mostFrequent(all.targets, labels.length)),
    learning,
    states,
    curveExamples: few.length,
    wrong: wrong.slice(0, mostWrong),
    wrongTotal: wrong.length,
    remembered: vectors.remembered,
    head: { weights: Array.from(head.weights), bias: Array.from(head.bias) },
    seconds: { reading: (read - begun) / 1000, training: (performance.now() - read) / 1000 },
  };
}

interface Rows {
  readonly features: Matrix;
  readonly targets: Uint16Array;
  readonly classes: number;
}

/** Arithmetic that blocks the process, in pieces. */
class Work {
  private since = performance.now();

  constructor(private readonly context: ComputeContext) {}

  say(progress: LensProgress): void {
    this.context.progress(progress);
  }

  /** Lets the process hear and send what waits, now and then. @throws HeadlightError `cancelled` */
  async breathe(): Promise<void> {
    if (performance.now() - this.since < patience) return;
    await new Promise(setImmediate);
    this.since = performance.now();
    if (this.context.signal.aborted) throw new HeadlightError('cancelled', 'Training was cancelled.');
  }
}

/** A head on the columns as they are, fitted on standardized ones. */
async function fitted(rows: Rows, c: number, work: Work, each: (loss: number) => void = () => undefined, tolerance?: number): Promise<LinearHead> {
  const scale = columnScale(rows.features);
  const fit = fitLogisticRegression({ ...rows, features: standardized(rows.features, scale) }, { c, ...(tolerance !== undefined && { tolerance }) });
  for (;;) {
    const step = fit.next();
    if (step.done) return foldScale(step.value, scale);
    each(step.value);
    await work.breathe();
  }
}

async function choosePenalty(rows: Rows, random: () => number, work: Work): Promise<Omit<TrainedClassifier['penalty'], 'examples'>> {
  const counts = Array.from({ length: rows.classes }, (_, k) => rows.targets.filter((target) => target === k).length);
  const folds = Math.min(mostFolds, ...counts);
  if (folds < 2) return { c: usualPenalty, folds: 0, tried: [] };
  const foldOf = stratifiedFolds(rows.targets, folds, random);
  const parts = Array.from({ length: folds }, (_, fold) => [subset(rows, (row) => foldOf[row] !== fold), subset(rows, (row) => foldOf[row] === fold)] as const);
  const tried: TriedPenalty[] = [];
  for (const c of penalties) {
    let loss = 0;
    for (const [index, [own, other]] of parts.entries()) {
      work.say({ message: 'Choosing the penalty by cross-validation', done: tried.length * folds + index, total: penalties.length * folds });
      const { probabilities } = sayOf(await fitted(own, c, work, undefined, roughly), other.features);
      other.targets.forEach((target, row) => { loss -= Math.log(Math.max(1e-12, probabilities[row * rows.classes + target]!)); });
    }
    tried.push({ c, loss: loss / rows.targets.length });
    if (tried.at(-1)!.loss > muchWorse * Math.min(...tried.map((one) => one.loss))) break;
  }
  const best = tried.reduce((least, one) => (one.loss < least.loss ? one : least));
  return { c: best.c, folds, tried };
}

/** Sizes grow by the same factor, from a few examples a label to all. */
async function learningCurve(rows: Rows, test: Rows, c: number, random: () => number, work: Work, losses: readonly number[]): Promise<LearningPoint[]> {
  const all = rows.targets.length;
  const least = Math.min(all, Math.max(8, 2 * rows.classes));
  const sizes = [...new Set(Array.from({ length: learningSizes }, (_, at) => Math.round(least * (all / least) ** (at / (learningSizes - 1)))))];
  const points: LearningPoint[] = [];
  for (const size of sizes) {
    const accuracies: number[] = [];
    const times = size === all ? 1 : draws;
    let drawn = size;
    for (let draw = 0; draw < times; draw++) {
      work.say({ message: 'Training on fewer examples', done: points.length * draws + draw, total: sizes.length * draws, training: { losses } });
      const chosen = new Set(size === all ? rows.targets.keys() : stratifiedSample(rows.targets, size, random));
      drawn = chosen.size;
      accuracies.push(accuracyOf(sayOf(await fitted(subset(rows, (row) => chosen.has(row)), c, work), test.features).said, test.targets));
    }
    points.push({ examples: drawn, accuracies });
  }
  return points;
}

async function stateCurves(
  poolings: readonly Pooling[],
  states: readonly number[],
  rowsOf: (pooling: Pooling, state: number) => readonly [Rows, Rows],
  c: number,
  work: Work,
  losses: readonly number[],
): Promise<StateCurve[]> {
  const curves: StateCurve[] = [];
  for (const pooling of poolings) {
    const accuracies: number[] = [];
    for (const state of states) {
      work.say({ message: 'Comparing hidden states', done: curves.length * states.length + state, total: poolings.length * states.length, training: { losses } });
      const [rows, test] = rowsOf(pooling, state);
      accuracies.push(accuracyOf(sayOf(await fitted(rows, c, work), test.features).said, test.targets));
    }
    curves.push({ pooling, accuracies });
  }
  return curves;
}

/** The most wrong first: those whose label was thought least probable. */
function wrongExamples(heldOut: readonly number[], examples: readonly Example[], targets: Uint16Array, said: Uint16Array, probabilities: Float32Array, classes: number): WrongExample[] {
  return heldOut
    .flatMap((row, at): WrongExample[] => {
      const [label, other] = [targets[row]!, said[at]!];
      if (label === other) return [];
      const { end, line, start, text } = examples[row]!;
      return [{ line, start, end, text: shortened(text, mostShown), label, said: other, probability: probabilities[at * classes + label]!, saidProbability: probabilities[at * classes + other]! }];
    })
    .sort((one, other) => one.probability - other.probability);
}

/** @throws HeadlightError `data-unusable` for one label alone, or labels of one example */
function labelled(name: string, { examples, leftOut }: Examples): Labelled {
  const lines = new Map<string, number[]>();
  for (const { label, line } of examples) {
    const known = lines.get(label);
    if (known) known.push(line);
    else lines.set(label, [line]);
  }
  const labels = [...lines.keys()].sort((one, other) => (one < other ? -1 : 1));
  if (labels.length < 2) {
    throw unusable(`All ${examples.length} examples of ${name} have the label “${labels[0]!}”.${leftOut.length > 0 ? ` (Line ${leftOut[0]!.line}, which is left out, ${leftOut[0]!.reason}.)` : ''}`, 'A classifier tells labels apart: add examples of another.');
  }
  const single = labels.filter((label) => lines.get(label)!.length < 2);
  if (single.length > 0) {
    const named = single.slice(0, 3).map((label) => `“${shortened(label)}” (line ${lines.get(label)![0]!})`).join(', ');
    const swapped = single.length > labels.length / 2 && labels.length > 4 ? ' If labels and texts stand in each other’s place, swap the columns, or name them in a header.' : '';
    throw unusable(`${single.length === 1 ? 'A label has' : `${single.length} labels have`} one example only: ${named}${single.length > 3 ? ' and others' : ''}.`, `Give each label at least two, one to train on and one to hold out.${swapped}`);
  }
  const numbers = new Map(labels.map((label, k) => [label, k]));
  return { labels, targets: Uint16Array.from(examples, ({ label }) => numbers.get(label)!) };
}

function shortened(text: string, most = 40): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** @throws HeadlightError `out-of-range` */
function stateOf({ layer }: TrainRequest, { model: { info } }: ComputeContext): number {
  const state = layer === -1 ? info.layers : layer;
  if (Number.isInteger(state) && state >= 0 && state <= info.layers) return state;
  throw new HeadlightError('out-of-range', `There is no hidden state ${layer}: ${info.name} has states 0 (the embedding layer) to ${info.layers} (the last layer, which -1 means too). Choose one of them.`);
}

function mostFrequent(targets: Uint16Array, classes: number): number {
  const counts = new Array<number>(classes).fill(0);
  for (const target of targets) counts[target]!++;
  return counts.indexOf(Math.max(...counts));
}

function pick({ data, poolings, states }: TextVectors, rows: readonly number[], pooling: Pooling, state: number, columns: number): Matrix {
  const size = poolings.length * states.length * columns;
  const place = (poolings.indexOf(pooling) * states.length + states.indexOf(state)) * columns;
  const picked = new Float32Array(rows.length * columns);
  rows.forEach((row, at) => {
    const from = row * size + place;
    picked.set(data.subarray(from, from + columns), at * columns);
  });
  return { data: picked, rows: rows.length, columns };
}

function subset({ classes, features, targets }: Rows, belongs: (row: number) => boolean): Rows {
  const rows = Array.from(targets.keys()).filter(belongs);
  const data = new Float32Array(rows.length * features.columns);
  rows.forEach((row, at) => { data.set(features.data.subarray(row * features.columns, (row + 1) * features.columns), at * features.columns); });
  return { classes, targets: Uint16Array.from(rows, (row) => targets[row]!), features: { data, rows: rows.length, columns: features.columns } };
}
