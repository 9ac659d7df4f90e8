import { stat } from 'node:fs/promises';
import type { Drift } from '../lenses/drift/contract';
import { driftJson } from '../lenses/drift/driftJson';
import { pickLines, type PickedLines, usualLines } from '../lenses/drift/pickLines';
import { changesOf, driftRows, driftTables, headsOf, statesOf } from '../lenses/drift/tables';
import { csvTable } from '../picture/csv';
import { bar, percent } from './bar';
import { oneOf, text as textOption, wholeNumber } from './options';
import type { Output } from './output';
import { modelOf } from './target';
import { readTextFile } from './textFile';
import { UsageError, type Verb } from './verb';

/** Changed predictions that are printed without --json. */
const changesShown = 20;

/** `drift FILE --model A --against B`: how far B, another file of the same model, has moved from A. */
export const drift: Verb = {
  name: 'drift',
  summary: 'two files of one model: how far heads, layers and predictions moved',
  usage: 'drift FILE|TEXT --model A --against B [--lines N] [--csv [TABLE]]',
  words: [1, 1],
  options: { against: { type: 'string' }, lines: { type: 'string' }, csv: { type: 'string' } },
  optionalValues: ['csv'],
  help: `Reads each line of FILE (UTF-8 text), or TEXT, with A and with B, and says how far B has moved: fp32 against int8, or
before against after fine-tuning. Both have the same layers, heads and sizes, and one vocabulary. A word without spaces
is always a file.

  --against B    the other file or folder; A is the one of --model
  --lines N      read at most N lines, evenly spread over the file (default ${usualLines})
  --csv [TABLE]  print one table instead: ${driftTables.join(', ')} (default ${driftTables[0]})

Of a head, "divergence" is the mean Jensen-Shannon divergence of the two rows of attention of a token (0-1 bits), "difference"
the mean absolute difference of two weights. Of a hidden state, "cosineDistance" is the mean of 1 - cosine of a token's two
vectors, "relativeNorm" the mean length of their difference as a share of the first one's. All means are over all tokens,
special ones included; a line is read up to 256 tokens.
Predictions: of a model with masks, single tokens of words are masked, about one in eight of a line, at places that follow
from the line itself; of a decoder, the next token at as many places; of two classifiers, the class of each line. "divergence" is the Kullback-Leibler divergence of B's
distribution from A's, in bits; "changes" lists the places whose most probable token is another.

JSON: {model, against, device, lines: {read, total, cut}, tokens, heads: [{layer, head, divergence, difference}],
       states: [{state, cosineDistance, relativeNorm}],
       predictions: {kind, places, divergence, changes: [{line, start, end, text, divergence,
                     before: {token, id, probability}, after}]} | null, noPredictions,
       lineDivergence: [{line, divergence}]}
"line" counts from 1; "start" and "end" are UTF-16 offsets into the file or TEXT.`,

  async run({ call, options, output, words: [word] }) {
    const against = textOption(options, 'against');
    if (against === undefined) throw new UsageError('Name the other model with --against.');
    const most = wholeNumber(options, 'lines', 1) ?? usualLines;
    const csv = options['csv'] === '' ? driftTables[0] : oneOf(options, 'csv', driftTables);
    const picked = pickLines(await textOf(word!), most);
    const found = await call('drift/measure', { against: modelOf(against), lines: picked.lines.map(({ text }) => text) });
    if (csv !== undefined) await output.write(csvTable(driftRows(found, picked.lines, csv)));
    else if (output.json) await output.writeJson(driftJson(found, picked));
    else await print(found, picked, output);
  },
};

async function textOf(word: string): Promise<string> {
  const isFile = !/\s/.test(word) || (await stat(word).then((found) => found.isFile(), () => false));
  return isFile ? readTextFile(word) : word;
}

async function print(found: Drift, { lines, total }: PickedLines, output: Output): Promise<void> {
  const { model, against, tokens, cut, predictions, noPredictions } = found;
  await output.line(`${against.name} against ${model.name} on ${model.device}`);
  await output.line(`${lines.length}${lines.length < total ? ` of ${total}` : ''} lines, ${tokens} tokens${cut > 0 ? `, ${cut} lines read in part` : ''}`);
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
  if (!predictions) {
    await output.line(`\n${noPredictions!}`);
    return;
  }
  const { changes, divergence, kind, places } = predictions;
  await output.line(`\n${{ masked: 'masked words', next: 'next tokens', class: 'classes of lines' }[kind]}: ${changes.length} of ${places} most probable predictions changed, ${number(divergence)} bits of Kullback-Leibler divergence`);
  const shown = changesOf(found, lines).slice(0, changesShown);
  for (const { line, text, before, after } of shown) {
    await output.line(`  line ${String(line).padStart(4)}  ${JSON.stringify(text)}: ${before.token} ${percent(before.probability)} -> ${after.token} ${percent(after.probability)}`);
  }
  if (changes.length > shown.length) await output.line(`  and ${changes.length - shown.length} more; --csv changes lists all`);
}

/** Three significant digits, 0 for nothing at all. */
function number(value: number): string {
  if (value === 0) return '0';
  return value < 0.001 ? value.toExponential(1) : value.toPrecision(3);
}
