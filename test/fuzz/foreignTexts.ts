import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineClient } from '../../src/engine/client';
import { parseChecks } from '../../src/lenses/checks/parse';
import { printChecks } from '../../src/lenses/checks/print';
import { labelledLines } from '../../src/lenses/classification/labelledLines';
import { pickLines } from '../../src/lenses/drift/pickLines';
import { readExamples } from '../../src/lenses/training/examples';
import { hostileStrings } from './hostileStrings';
import { mutateBytes } from './mutations/bytes';
import type { Random } from './random';
import { type Outcome, outcomeOf } from './runCase';

export interface TextCase {
  readonly mutations: readonly string[];
  readonly outcome: Outcome;
}

/** Examples that are given to the engine: more would take longer than a case has. */
const mostTrained = 60;

/** A broken file of labelled lines is read, as the editor reads it, and a small one trained on. */
export async function runLabelledLines(client: EngineClient, random: Random, fixtures: string): Promise<TextCase> {
  const format = random.pick(['tsv', 'csv', 'jsonl', 'txt']);
  const mutations = [format];
  const text = changedText(linesOf(format, random, mutations), random, mutations);
  const name = `lines.${format}`;
  const outcome = await guarded(async () => {
    labelledLines(text.split('\n'), ['good', 'bad']);
    const { lines, total } = pickLines(text, 1_000, { name });
    if (lines.length > total || lines.some((line) => line.text === '')) throw new Error(`Picked ${lines.length} of ${total} lines, or an empty one.`);
    const { examples } = readExamples(name, text);
    const small = examples.length <= mostTrained && text.length < 50_000;
    if (small && random.chance(0.3)) await client.call('training/train', { model: join(fixtures, 'models/bert-tiny'), device: 'cpu', name, text, layer: random.pick([-1, 0, 2, 99, NaN]), pooling: random.pick(['cls', 'mean']), seed: random.pick([1, -5, 2 ** 60, NaN]), cache: null });
  });
  return { mutations, outcome };
}

function linesOf(format: string, random: Random, done: string[]): string {
  const count = random.pick([0, 1, 2, 12, 40, 40, 300, random.chance(0.1) ? 100_000 : 40]);
  const labels = random.pick([['good', 'bad'], ['good'], Array.from({ length: 30 }, (_, at) => `label ${at}`), ['0', '1'], [random.pick(hostileStrings), 'b']]);
  done.push(`${count} lines, ${labels.length} labels`);
  const one = (at: number): string => {
    const label = labels[at % labels.length]!;
    const text = random.chance(0.01) ? random.pick(hostileStrings) : `The cow jumped ${at} times.`;
    if (format === 'jsonl') return JSON.stringify({ label: random.chance(0.02) ? random.pick([null, 5, [], {}, true]) : label, text });
    return format === 'csv' ? `${label},"${text}"` : `${label}\t${text}`;
  };
  return Array.from({ length: count }, (_, at) => one(at)).join(random.pick(['\n', '\n', '\r\n', '\r']));
}

/** A file of checks that somebody broke is read; what can be read is printed and read again. */
export async function runCheckFile(random: Random, root: string): Promise<TextCase> {
  const name = random.pick(['encoder', 'translator']);
  const mutations = [name];
  const text = changedText(readFileSync(join(root, 'media', 'checks', `${name}.headlight-check`), 'utf8'), random, mutations);
  const outcome = await guarded(() => {
    const { file, faults } = parseChecks(text);
    if (faults.some(({ message }) => message.trim() === '' || /undefined|\[object/.test(message))) throw new Error(`A fault says nothing: ${JSON.stringify(faults).slice(0, 500)}`);
    if (file === null || faults.length > 0) return;
    const printed = printChecks({ model: file.model.value, hash: file.hash?.value ?? null, texts: file.texts });
    const again = parseChecks(printed);
    if (again.faults.length > 0) throw new Error(`What was printed is not read again: ${JSON.stringify(again.faults).slice(0, 300)}\n${printed.slice(0, 500)}`);
  });
  return { mutations, outcome };
}

function changedText(text: string, random: Random, done: string[]): string {
  let changed = text;
  for (let count = random.below(4); count > 0; count--) {
    const kind = random.below(5);
    const at = random.below(changed.length + 1);
    if (kind === 0) {
      const { bytes, name } = mutateBytes(new TextEncoder().encode(changed), random);
      changed = new TextDecoder().decode(bytes);
      done.push(name);
    } else if (kind === 1) {
      changed = `\ufeff${changed}`;
      done.push('byte order mark');
    } else if (kind === 2) {
      const hostile = random.pick(hostileStrings);
      changed = changed.slice(0, at) + hostile + changed.slice(at);
      done.push(`insert ${JSON.stringify(hostile.slice(0, 12))} at ${at}`);
    } else if (kind === 3) {
      const lines = changed.split('\n');
      const line = random.below(lines.length);
      changed = lines.map((own, index) => (index === line ? `${own}${random.pick(['x'.repeat(300_000), '"', '\t', ',', ' >= NaN', ' >= 1e999', ' '.repeat(50_000), '['.repeat(20_000)])}` : own)).join('\n');
      done.push(`end of line ${line}`);
    } else {
      // Numbers to numbers that no model has.
      changed = changed.replace(/\d+(\.\d+)?/g, (number) => (random.chance(0.2) ? random.pick(['-1', '99999999999999999999', '1e400', '0x10', '٣', '.', '1.2.3']) : number));
      done.push('numbers');
    }
  }
  return changed;
}

async function guarded(work: () => Promise<void> | void): Promise<Outcome> {
  try {
    await work();
    return { state: 'answered' };
  } catch (error) {
    return outcomeOf(error, true);
  }
}
