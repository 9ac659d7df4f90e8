import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Drift } from '../lenses/drift/contract';
import { driftJson } from '../lenses/drift/driftJson';
import { askedLines, pickLines, type PickedLines, usualLines } from '../lenses/drift/pickLines';
import { changesOf, driftRows, driftTables, headsOf, senseStatesOf, statesOf, wordsOf } from '../lenses/drift/tables';
import { heldOutOfEither } from '../library/heldOutLines';
import { csvTable } from '../picture/csv';
import { bar, percent } from './bar';
import { oneOf, text as textOption, wholeNumber } from './options';
import type { Output } from './output';
import { modelOf } from './target';
import { readTextFile } from './textFile';
import { UsageError, type Verb } from './verb';

/** Words that are printed without --json. */
const wordsShown = 10;

/** Changed predictions that are printed without --json. */
const changesShown = 20;

/** `drift FILE --model A --against B`: how far B, another file of the same model, has moved from A. */
export const drift: Verb = {
  name: 'drift',
  summary: 'two files of one model: how far heads, layers and predictions moved',
  usage: 'drift FILE|TEXT --model A --against B [--lines N] [--all] [--csv [TABLE]]',
  words: [1, 1],
  options: { against: { type: 'string' }, lines: { type: 'string' }, all: { type: 'boolean' }, csv: { type: 'string' } },
  optionalValues: ['csv'],
  help: `Reads each line of FILE (UTF-8 text), or TEXT, with A and with B, and says how far B has moved: fp32 against int8, or
before against after fine-tuning. Both have the same layers, heads and sizes, and one vocabulary. A word without spaces
is always a file.

  --against B    the other file or folder; A is the one of --model
  --lines N      read at most N lines, evenly spread over the file (default ${usualLines})
  --all          read all lines of a file that A or B was fine-tuned on; without it, those that were held out then
  --csv [TABLE]  print one table instead: ${driftTables.join(', ')} (default ${driftTables[0]})

Of a head, "divergence" is the mean Jensen-Shannon divergence of the two rows of attention of a token (0-1 bits), "difference"
the mean absolute difference of two weights. Of a hidden state, "cosineDistance" is the mean of 1 - cosine of a token's two
vectors, "relativeNorm" the mean length of their difference as a share of the first one's. All means are over all tokens,
special ones included; a line is read up to 256 tokens.
Predictions: of a model with masks, single tokens of words are masked, about one in eight of a line, at places that follow
from the line itself; of a decoder, the next token at as many places; of two classifiers, the class of each line, and in a file of labelled lines
(.tsv, .csv, .jsonl, as for "train") how many each has right. "divergence" is the Kullback-Leibler divergence of B's
distribution from A's, in bits; "changes" lists the places whose most probable token is another.
Senses: of content words that occur several times, "cosineDistance" is the mean of 1 - cosine of an occurrence's two vectors;
"before" and "after" are the mean cosine of two occurrences of the word with A and with B, and "structure" the correlation of
these cosines, 1 where the same occurrences lie together as before. By state, "within" and "between" are mean cosines of
occurrences of one word and of different ones, and "similarity" is the correlation of the cosines of all pairs with A and
with B (representational similarity analysis, Merchant et al. 2020).

JSON: {model, against, device, lines: {read, total, cut}, tokens, heads: [{layer, head, divergence, difference}],
       states: [{state, cosineDistance, relativeNorm}],
       predictions: {kind, places, divergence, accuracy: {lines, before, after, onlyBefore, onlyAfter} | null,
                     changes: [{line, start, end, text, divergence,
                     before: {token, id, probability}, after}]} | null, noPredictions,
       senses: {states: [{state, withinBefore, withinAfter, betweenBefore, betweenAfter, similarity}], leftOut,
                words: [{word, state, cosineDistance, before, after, structure,
                         occurrences: [{line, start, end, cosineDistance}]}]} | null,
       lineDivergence: [{line, divergence}]}
"line" counts from 1; "start" and "end" are UTF-16 offsets into the file or TEXT.`,

  async run({ call, options, output, target: { model }, words: [word] }) {
    const against = textOption(options, 'against');
    if (against === undefined) throw new UsageError('Name the other model with --against.');
    const most = wholeNumber(options, 'lines', 1) ?? usualLines;
    const csv = options['csv'] === '' ? driftTables[0] : oneOf(options, 'csv', driftTables);
    const other = modelOf(against);
    const content = await textOf(word!);
    const heldOut = options['all'] === true ? null : await heldOutOfEither([other, model], resolve(word!));
    const picked = pickLines(content, most, { name: word!, ...(heldOut && { only: ({ line }) => heldOut.has(line) }) });
    const found = await call('drift/measure', { against: other, ...askedLines(picked) });
    if (csv !== undefined) await output.write(csvTable(driftRows(found, picked.lines, csv)));
    else if (output.json) await output.writeJson(driftJson(found, picked));
    else await print(found, picked, heldOut !== null, output);
  },
};

async function textOf(word: string): Promise<string> {
  const isFile = !/\s/.test(word) || (await stat(word).then((found) => found.isFile(), () => false));
  return isFile ? readTextFile(word) : word;
}

async function print(found: Drift, { lines, total }: PickedLines, isHeldOut: boolean, output: Output): Promise<void> {
  const { model, against, tokens, cut, predictions, noPredictions } = found;
  await output.line(`${against.name} against ${model.name} on ${model.device}`);
  await output.line(`${lines.length}${lines.length < total ? ` of ${total}` : ''} lines${isHeldOut ? ' that were held out of training' : ''}, ${tokens} tokens${cut > 0 ? `, ${cut} lines read in part` : ''}`);
  await output.line('\nattention, Jensen-Shannon divergence of each head in bits');
  const heads = headsOf(found);
  const most = Math.max(...heads.map(({ divergence }) => divergence));
  await output.line(`  layer ${Array.from({ length: model.heads }, (_, head) => String(head).padStart(9)).join('')}`);
  for (let layer = 0; layer < model.layers; layer++) {
    const cells = heads.slice(layer * model.heads, (layer + 1) * model.heads).map(({ divergence }) => number(divergence).padStart(9));
    await output.line(`  ${String(layer).padStart(5)} ${cells.join('')}`);
  }
  const largest = heads.find(({ divergence }) => divergence === most)!;
  await output.line(most === 0 ? '  no head differs' : `  most: layer ${largest.layer}, head ${largest.head}`);
  await output.line('\nhidden states          1 - cosine   relative norm');
  const states = statesOf(found);
  const farthest = Math.max(...states.map(({ relativeNorm }) => relativeNorm));
  for (const { state, cosineDistance, relativeNorm } of states) {
    const name = state === 0 ? 'embeddings' : `layer ${state - 1}`;
    await output.line(`  ${name.padEnd(20)} ${number(cosineDistance).padStart(10)} ${number(relativeNorm).padStart(15)}  ${bar(farthest === 0 ? 0 : relativeNorm / farthest, 20)}`.trimEnd());
  }
  await printSenses(found, lines, output);
  if (!predictions) {
    await output.line(`\n${noPredictions!}`);
    return;
  }
  const { accuracy, changes, divergence, kind, places } = predictions;
  await output.line(`\n${{ masked: 'masked words', next: 'next tokens', class: 'classes of lines' }[kind]}: ${changes.length} of ${places} most probable predictions changed, ${number(divergence)} bits of Kullback-Leibler divergence`);
  if (accuracy) {
    const share = (right: number): string => `${percent(right / accuracy.lines)} (${right})`;
    await output.line(`  of ${accuracy.lines} labelled lines, ${model.name} has ${share(accuracy.before)} right and ${against.name} ${share(accuracy.after)}; ${accuracy.onlyBefore} only the first, ${accuracy.onlyAfter} only the other`);
  }
  const shown = changesOf(found, lines).slice(0, changesShown);
  for (const { line, text, before, after } of shown) {
    await output.line(`  line ${String(line).padStart(4)}  ${JSON.stringify(text)}: ${before.token} ${percent(before.probability)} -> ${after.token} ${percent(after.probability)}`);
  }
  if (changes.length > shown.length) await output.line(`  and ${changes.length - shown.length} more; --csv changes lists all`);
}

async function printSenses(found: Drift, lines: PickedLines['lines'], output: Output): Promise<void> {
  if (!found.senses) {
    await output.line('\nsenses: no content word occurs twice in what was read');
    return;
  }
  const states = senseStatesOf(found);
  const { length } = found.senses.words;
  await output.line(`\nsenses of ${length} word${length === 1 ? ' that occurs' : 's that occur'} several times: mean cosines, first -> other`);
  await output.line('                        one word\'s          different words\'   similarity');
  for (const { state, withinBefore, withinAfter, betweenBefore, betweenAfter, similarity } of states) {
    const name = state === 0 ? 'embeddings' : `layer ${state - 1}`;
    await output.line(`  ${name.padEnd(16)} ${pair(withinBefore, withinAfter).padStart(16)} ${pair(betweenBefore, betweenAfter).padStart(22)} ${cosine(similarity).padStart(12)}`);
  }
  const words = wordsOf(found, lines, states.length - 1).sort((a, b) => b.cosineDistance - a.cosineDistance);
  await output.line('  those that moved most after the last layer');
  for (const { word, occurrences, cosineDistance, before, after, structure } of words.slice(0, wordsShown)) {
    const numbers = [...new Set(occurrences.map(({ line }) => line))];
    await output.line(`  ${word.padEnd(16)} 1 - cosine ${number(cosineDistance).padEnd(8)} its occurrences ${pair(before, after)}${structure === null ? '' : `, structure ${cosine(structure)}`}; lines ${numbers.join(', ')}`);
  }
}

function pair(before: number | null, after: number | null): string {
  return `${cosine(before)} -> ${cosine(after)}`;
}

/** Two digits, three near to 1, and a dash for nothing. */
function cosine(value: number | null): string {
  return value === null ? '-' : value.toFixed(value >= 0.99 && value < 1 ? 3 : 2);
}

/** Three significant digits, 0 for nothing at all. */
function number(value: number): string {
  if (value === 0) return '0';
  return value < 0.001 ? value.toExponential(1) : value.toPrecision(3);
}
