import { createInterface } from 'node:readline';
import { occlusionMethods } from '../lenses/attribution/method';
import type { Classification, ClassificationLines, Evidence } from '../lenses/classification/contract';
import { labelledLines } from '../lenses/classification/labelledLines';
import { greatest, probabilitiesOf, readingInWords } from '../lenses/classification/outcome';
import { correlationInWords } from '../lenses/classification/correlationInWords';
import { isClassifier } from '../lenses/classification/requireClassifier';
import type { ModelInfo } from '../lenses/model';
import { excerpt, visibleLine } from '../text/visibleText';
import { topK } from '../math/topK';
import { bar, percent } from './bar';
import { oneOf, text as textOption } from './options';
import { UsageError, type Verb, type VerbContext } from './verb';

/** Lines that are classified before the first of them is printed. */
const linesAtOnce = 256;
const barWidth = 10;
/** Characters of a label or a word that are printed; what is longer is cut. */
const longestShown = 60;

const shown = (text: string): string => excerpt(visibleLine(text), longestShown);

/** `classify TEXT`: which class a text is of, and which words make it so. */
export const classify: Verb = {
  name: 'classify',
  summary: 'which class a text is of, such as its sentiment, and which words make it so',
  usage: 'classify TEXT [--pair TEXT] [--evidence] [--label NAME] [--method mask|delete] | classify --lines',
  switchable: true,
  words: [0, 1],
  options: {
    pair: { type: 'string' },
    evidence: { type: 'boolean' },
    label: { type: 'string' },
    method: { type: 'string' },
    lines: { type: 'boolean' },
  },
  help: `Prints the probability of each class for TEXT, by the classifier of the model: sentiment, with the built-in
encoder; with the labels of its config.json for any folder of a sequence classifier.

  --pair TEXT     the second text, for models of pairs (entailment, paraphrase)
  --evidence      also what each word does for the class, by leaving it out, beside what the classifier's
                  token attends to in the last layer
  --label NAME    evidence for this class, and not for the most probable one
  --method M      ${occlusionMethods.join(' or ')}: put the mask token in a word's place (default), or take the word away
  --lines         classify each line of stdin (of TEXT, where it is given) by itself; lines that all begin with
                  a label and a tab are also counted as right or wrong

JSON: {model, device, label, probabilities: {NAME: p}, logits: {NAME: logit}, problemType, windowed,
       evidence?: {label, method, words: [{word, start, end, segment, probability, logit}],
                   attention: {layer, token, correlation, weights, best: {head, correlation, weights}}}}
"probabilities" is null for a model whose answer is a number. "probability" and "logit" of a word are those of the
whole text less those without the word: above 0 the word speaks for the class. "logit" is of the class's log-odds,
ln(p / (1 - p)). "correlation" is Spearman's, of attention with the size of the evidence; null where there is too
little to rank. "start" and "end" are UTF-16 offsets into TEXT, or into the pair where "segment" is 1.
With --lines: {model, device, lines: [{label, probabilities, cut, truth?}], accuracy?}; an empty line is null, "cut" is
true for one of which the beginning was read, "truth" is the label that stands before it.`,

  async run(context) {
    const { options, words: [text] } = context;
    if (options['lines'] === true) {
      for (const name of ['pair', 'evidence', 'label', 'method']) if (options[name] !== undefined) throw new UsageError(`--lines takes no --${name}: it classifies each line by itself.`);
      await classifyLines(context, text);
      return;
    }
    if (text === undefined) throw new UsageError('Give a TEXT, or --lines to read texts from stdin.');
    await classifyText(context, text);
  },
};

async function classifyText(context: VerbContext, text: string): Promise<void> {
  const { call, options, output } = context;
  const pair = textOption(options, 'pair');
  const label = textOption(options, 'label');
  const method = oneOf(options, 'method', occlusionMethods) ?? 'mask';
  if (options['evidence'] !== true) {
    for (const name of ['label', 'method']) if (options[name] !== undefined) throw new UsageError(`--${name} is about the words: add --evidence.`);
  }
  const request = { text, ...(pair !== undefined && { pair }) };
  if (options['evidence'] !== true) {
    await print(context, await call('classification/classify', request));
    return;
  }
  const of = label === undefined ? undefined : labelNamed(label, await call('model/load', {}));
  const evidence = await call('classification/evidence', { ...request, method, ...(of !== undefined && { of }) });
  if (output.json) {
    await output.writeJson({ ...classesJson(evidence), evidence: evidenceJson(evidence, text, pair) });
    return;
  }
  await print(context, evidence);
  await printEvidence(context, evidence, text, pair);
}

/** @throws UsageError for a name that is none of the labels; a model without labels is for the engine to refuse */
function labelNamed(name: string, { labels }: ModelInfo): number | undefined {
  if (labels === null) return undefined;
  const index = labels.findIndex((label) => label.toLowerCase() === name.toLowerCase());
  if (index < 0) throw new UsageError(`There is no label "${name}". Choose one of ${labels.slice(0, 20).join(', ')}.`);
  return index;
}

const byName = (labels: readonly string[], values: Float32Array): Record<string, number> => Object.fromEntries(labels.map((label, index) => [label, values[index]!]));

function classesJson({ model, label, logits, probabilities, windowed }: Classification): object {
  const labels = model.labels!;
  return {
    model: model.id, device: model.device, label: labels[label],
    probabilities: probabilities && byName(labels, probabilities), logits: byName(labels, logits), problemType: model.problemType, windowed,
  };
}

function evidenceJson({ attention, method, model, of, words }: Evidence, text: string, pair: string | undefined): object {
  return {
    label: model.labels![of],
    method,
    words: words.map(({ end, logit, probability, segment, start }) => ({ word: (segment === 0 ? text : pair!).slice(start, end), start, end, segment, probability, logit })),
    attention: attention && {
      layer: attention.layer, token: attention.token, correlation: attention.meanCorrelation, weights: [...attention.mean],
      best: attention.best && { ...attention.best, weights: [...attention.best.weights] },
    },
  };
}

async function print({ output }: VerbContext, answer: Classification): Promise<void> {
  if (output.json) {
    await output.writeJson(classesJson(answer));
    return;
  }
  const { heldOut, logits, model, probabilities, windowed } = answer;
  const labels = model.labels!;
  await output.line(`${model.name} on ${model.device}`);
  if (windowed) await output.line(windowed.explanation);
  const width = Math.max(...labels.map((label) => shown(label).length));
  for (const index of topK(logits, logits.length)) {
    const share = probabilities === null ? '' : `${bar(probabilities[index]!)} ${percent(probabilities[index]!).padStart(8)}  `;
    await output.line(`  ${shown(labels[index]!).padEnd(width)} ${share}logit ${logits[index]!.toFixed(2)}`);
  }
  if (isClassifier(model) && model.problemType !== 'single-label') await output.line(readingInWords(model.problemType));
  if (heldOut) await output.line(`On held-out film reviews its label is right for ${percent(heldOut.accuracy)}; 50 % is chance.`);
}

async function printEvidence({ output }: VerbContext, { attention, method, model, of, words }: Evidence, text: string, pair: string | undefined): Promise<void> {
  const wordOf = ({ end, segment, start }: (typeof words)[number]): string => shown((segment === 0 ? text : pair!).slice(start, end));
  const most = Math.max(...words.map(({ logit }) => Math.abs(logit)), Number.MIN_VALUE);
  const width = Math.min(24, Math.max(...words.map((word) => wordOf(word).length)));
  await output.line(`\nwhat each word does for the log-odds of ${shown(model.labels![of]!)}, by ${method === 'mask' ? `${model.maskToken ?? 'a mask'} in its place` : 'taking it away'}`);
  for (const [index, word] of words.entries()) {
    const side = word.logit >= 0 ? 'for    ' : 'against';
    const change = word.probability === null ? '' : `  P ${signed(word.probability * 100, 1)} points`;
    const looks = attention ? `  attention ${percent(attention.mean[index]!)}` : '';
    await output.line(`  ${wordOf(word).padEnd(width)} ${side} ${bar(Math.abs(word.logit) / most, barWidth)} ${signed(word.logit, 2).padStart(6)}${change}${looks}`);
  }
  if (attention) await output.line(`\n${correlationInWords(attention, model.heads)}`);
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value > 0 ? '+' : '-'}${text}`;
}

async function classifyLines({ call, input, output, signal }: VerbContext, text: string | undefined): Promise<void> {
  const rows: (object | null)[] = [];
  const { device, id, labels } = await call('model/load', {});
  // Whether lines are labelled shows when all are there.
  const lines = labelledLines(text === undefined ? await linesOf(input) : text.split(/\r?\n/), labels ?? []);
  let [right, known] = [0, 0];
  for (let at = 0; at < Math.max(1, lines.length) && !signal.aborted; at += linesAtOnce) {
    const some = lines.slice(at, at + linesAtOnce);
    const answer = await call('classification/lines', { texts: some.map((line) => line.text) });
    for (const [index, { text: line, truth }] of some.entries()) {
      const found = outcomeOf(answer, index);
      if (found && truth !== null) {
        known++;
        if (found.label === truth) right++;
      }
      const name = found && labels![found.label]!;
      if (!output.json) await output.line(found ? `${shown(name!)}\t${(found.probabilities?.[found.label] ?? found.logits[0]!).toFixed(4)}\t${line}` : '');
      else rows.push(found && { label: name, probabilities: found.probabilities && byName(labels!, found.probabilities), cut: answer.cut.includes(index), ...(truth !== null && { truth: labels![truth] }) });
    }
  }
  const accuracy = known === 0 ? undefined : right / known;
  if (output.json) await output.writeJson({ model: id, device, lines: rows, ...(accuracy !== undefined && { accuracy }) });
  else if (accuracy !== undefined) await output.line(`\n${right} of ${known} as labelled (${percent(accuracy)})`);
}

async function linesOf(input: NodeJS.ReadableStream): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input, crlfDelay: Infinity })) lines.push(line);
  return lines;
}

function outcomeOf({ logits, model }: ClassificationLines, line: number): { readonly label: number; readonly logits: Float32Array; readonly probabilities: Float32Array | null } | null {
  const count = model.labels!.length;
  const own = logits.slice(line * count, (line + 1) * count);
  return Number.isNaN(own[0]) ? null : { label: greatest(own), logits: own, probabilities: probabilitiesOf(own, model.problemType!) };
}
