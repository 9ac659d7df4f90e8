import type { PatchedAnswers, Patching } from '../lenses/evidence/patchContract';
import { patchDirections } from '../lenses/evidence/patchContract';
import { patchingCsv } from '../lenses/evidence/patchingCsv';
import type { Prediction } from '../lenses/predictions/contract';
import { visibleText } from '../text/visibleText';
import { percent } from './bar';
import { oneOf, text as textOption, wholeNumber } from './options';
import { outcomeOrSense, senseHelp, senseOptions, senseUsage } from './outcomeOrSense';
import { senseLine } from './senseLine';
import { UsageError, type Verb, type VerbContext } from './verb';
import { writeWholeFile } from './writeFile';

const defaultTop = 5;
/** Characters of a token that are printed. */
const widestToken = 14;

/** `patch CLEAN CORRUPTED`: where a difference between two texts is carried. */
export const patch: Verb = {
  name: 'patch',
  summary: 'which hidden states, or heads, carry what two texts differ in, by copying them from one run into the other',
  usage: `patch CLEAN CORRUPTED (${senseUsage}) [--heads] [--direction ${patchDirections.join('|')}] [--cell ROW.COLUMN [--top K]] [--csv FILE]`,
  words: [2, 2],
  options: { ...senseOptions, heads: { type: 'boolean' }, direction: { type: 'string' }, cell: { type: 'string' }, top: { type: 'string' }, csv: { type: 'string' } },
  help: `Measures an outcome of CORRUPTED with one hidden state at a time (each token, each layer) replaced by that of CLEAN
(activation patching, causal tracing), and prints the share of the difference that this recovers.

${senseHelp}: in CORRUPTED, and in CLEAN
  --heads          replace the output of one head at a time, at all tokens, and no hidden states
  --direction D    ${patchDirections.join(' or ')}: copy of CLEAN into CORRUPTED (default), which finds what is enough, or of
                   CORRUPTED into CLEAN, which finds what is needed
  --cell ROW.COLUMN
                   also what the model says at the place with this one patch: the hidden state (0 the embedding layer's)
                   or layer, and the token or head; with --sense the word's substitutes and its sense
  --top K          how many answers of it (default ${defaultTop})
  --csv FILE       write a row for each patch

Texts of as many tokens are aligned by place, others by their longest common subsequence around the place that is
measured; what has no counterpart is left as it is.

JSON: {model, device, name, clean, corrupted, of, direction, tokens, sourceTokens, from, effect: [row][column],
       patched: [row][column], limits, cell?: {row, column, kind, before, patched, source, senses}}
"tokens" are of the text that is patched, "from" gives the token of "sourceTokens" that each one takes, or null. "effect" is
(patched - own) / (other - own), of the patched text's own outcome and the other's: 0 for no change, 1 for all of the
difference; null where nothing is copied. "before", "patched" and "source" are lists of {token, probability}. "senses" are
what the word of --sense means: {states, before, patched, source}, each as in "senses --json", read off the hidden
states "states" of the word; null for other outcomes, or where the model has no sense dictionary.`,

  async run(context) {
    const { call, options, output, words } = context;
    const [cleanText, corruptedText] = words as [string, string];
    const cell = cellOf(textOption(options, 'cell'));
    const top = wholeNumber(options, 'top', 1);
    if (top !== undefined && !cell) throw new UsageError('--top counts the answers of a cell: add --cell.');
    const request = {
      clean: await outcomeOrSense(context, cleanText, cleanText),
      corrupted: await outcomeOrSense(context, corruptedText, cleanText),
      of: options['heads'] === true ? 'heads' : 'states',
      direction: oneOf(options, 'direction', patchDirections) ?? 'denoising',
    } as const;
    const patching = await call('evidence/patch', request);
    const answers = cell && await call('evidence/patchedAnswers', { ...request, ...cell, top: top ?? defaultTop });
    const file = textOption(options, 'csv');
    if (file !== undefined) await writeWholeFile(file, patchingCsv(patching));
    if (output.json) {
      await output.writeJson({ ...patchingJson(patching), ...(answers && { cell: { ...cell, ...answersJson(answers) } }) });
      return;
    }
    await print(context, patching);
    if (answers) await printAnswers(context, answers);
    if (file !== undefined) await output.line(`\n${file}`);
  },
};

function cellOf(cell: string | undefined): { readonly row: number; readonly column: number } | null {
  if (cell === undefined) return null;
  const [, row, column] = /^(\d+)\.(\d+)$/.exec(cell) ?? [];
  if (row === undefined || column === undefined) throw new UsageError(`--cell is ROW.COLUMN, such as 3.4, not "${cell}".`);
  return { row: Number(row), column: Number(column) };
}

function patchingJson({ model, name, clean, corrupted, of, direction, tokens, sourceTokens, from, limits, ...map }: Patching): object {
  const rows = (values: Float32Array): (number | null)[][] => Array.from({ length: map.rows }, (_, row) =>
    Array.from(values.subarray(row * map.columns, (row + 1) * map.columns), (value) => (Number.isNaN(value) ? null : value)));
  return {
    model: model.id, device: model.device, name, clean, corrupted, of, direction,
    tokens: tokens.map(({ text }) => text), sourceTokens: sourceTokens.map(({ text }) => text), from,
    effect: rows(map.effect), patched: rows(map.patched), limits,
  };
}

const bare = ({ token, probability }: Prediction): Omit<Prediction, 'id'> => ({ token, probability });

function answersJson({ before, kind, patched, senses, source }: PatchedAnswers): object {
  return { kind, before: before.map(bare), patched: patched.map(bare), source: source.map(bare), senses };
}

/** Hidden states or layers side by side, a line for each token or head. */
async function print({ output }: VerbContext, patching: Patching): Promise<void> {
  const { clean, columns, corrupted, direction, effect, from, limits, model, name, of, rows, sourceTokens, tokens } = patching;
  const number = (value: number): string => value.toPrecision(3);
  await output.line(`${model.name} on ${model.device}`);
  await output.line(`${name}: ${number(clean)} of the clean text, ${number(corrupted)} of the corrupted one`);
  await output.line(`share of the difference that one ${of === 'states' ? 'hidden state' : 'head'} ${direction === 'denoising' ? 'of the clean run recovers' : 'of the corrupted run takes away'}`);
  const nameOf = (column: number): string => {
    if (of === 'heads') return `head ${column}`;
    const other = from[column];
    const own = visibleText(tokens[column]!.text).slice(0, widestToken);
    const theirs = other === null || other === undefined ? null : visibleText(sourceTokens[other]!.text).slice(0, widestToken);
    return theirs === null || theirs === own ? own : `${own} ← ${theirs}`;
  };
  const names = Array.from({ length: columns }, (_, column) => nameOf(column));
  const width = Math.max(...names.map(({ length }) => length));
  const line = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(6)).join('');
  await output.line(`\n  ${(of === 'states' ? 'state' : 'layer').padStart(width)} ${line(Array.from({ length: rows }, (_, row) => String(row)))}`);
  for (const [column, shown] of names.entries()) {
    await output.line(`  ${shown.padEnd(width)} ${line(Array.from({ length: rows }, (_, row) => share(effect[row * columns + column]!)))}`);
  }
  if (of === 'states' && from.includes(null)) await output.line('\n– is a token without a counterpart in the other text, which stays as it is.');
  for (const limit of limits) await output.line(limit);
}

function share(value: number): string {
  if (Number.isNaN(value)) return '–';
  const text = value.toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

async function printAnswers({ output }: VerbContext, answers: PatchedAnswers): Promise<void> {
  const { kind, senses } = answers;
  const runs = [['as it is', 'before'], ['with the patch', 'patched'], ['of the other text', 'source']] as const;
  await output.line(`\n${kind}`);
  for (const [what, run] of runs) await output.line(`  ${what.padEnd(18)} ${answers[run].map(({ probability, token }) => `${visibleText(token)} ${percent(probability)}`).join(', ')}`);
  if (!senses) return;
  await output.line(`\nsense, read off hidden states ${senses.states.join(', ')} of the word`);
  for (const [what, run] of runs) await output.line(`  ${what.padEnd(18)} ${senseLine(senses[run])}`);
}
