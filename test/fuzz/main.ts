import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fuzz, type FuzzedCase } from './fuzz';
import { type FuzzKind, fuzzKinds } from './fuzzCase';

/** Entry of `npm run fuzz`: runs cases, and ends with a table of how they went. Fails when one of them is a bug. */

const help = `Usage: npm run fuzz -- [--cases N] [--seed FIRST] [--kind KIND] [--each]

  --cases N      how many, 10,000 where it is not given
  --seed FIRST   the seed to begin with, 0 where it is not given; case i has seed FIRST + i
  --kind KIND    only ${fuzzKinds.join(', ')}
  --each         a line for every case

A case that went wrong is run again by its kind and seed: npm run fuzz -- --kind KIND --seed SEED --cases 1 --each`;

async function main(): Promise<number> {
  const [root, engine, ...args] = process.argv.slice(2);
  const { values } = parseArgs({
    args,
    options: {
      cases: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '0' },
      kind: { type: 'string' },
      each: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const kinds = values.kind === undefined ? fuzzKinds : fuzzKinds.filter((kind) => kind === values.kind);
  if (values.help || root === undefined || engine === undefined || kinds.length === 0) {
    console.log(help);
    return values.help ? 0 : 2;
  }
  const log = join(root, 'out', 'logs', 'fuzz-engine.log');
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, '');
  const results: FuzzedCase[] = [];
  const fuzz = new Fuzz({ root, engine, onLog: (line) => { appendFileSync(log, `${line}\n`); } });
  const started = performance.now();
  const [cases, first] = [Number(values.cases), Number(values.seed)];
  for (let index = 0; index < cases; index++) {
    const result = await fuzz.run(kinds[index % kinds.length]!, first + index);
    results.push(result);
    const { outcome } = result;
    const notable = outcome.state !== 'answered' && outcome.state !== 'refused';
    if (notable || values.each) console.log(line(result));
    if (notable) appendFileSync(log, `^^ ${line(result)}\n`);
    if ((index + 1) % 500 === 0) console.log(`${index + 1} cases, ${fuzz.engines} engines, ${seconds(started)}`);
  }
  const well = await fuzz.isWell();
  await fuzz.dispose();
  console.log(table(results, kinds));
  console.log(`${cases} cases in ${seconds(started)}; engines started again: ${fuzz.engines - 1}; a whole model is answered for afterwards: ${well ? 'yes' : 'NO'}.`);
  return well && results.every(({ outcome }) => outcome.state !== 'bug') ? 0 : 1;
}

function line({ kind, seed, mutations, outcome, milliseconds }: FuzzedCase): string {
  const said = 'message' in outcome ? `: ${outcome.message}` : '';
  return `${kind} ${seed} [${mutations.join('; ')}] ${milliseconds.toFixed(0)} ms → ${outcome.state}${said}`;
}

function table(results: readonly FuzzedCase[], kinds: readonly FuzzKind[]): string {
  const states = ['answered', 'refused', 'engine died', 'stopped at the limit', 'bug'] as const;
  const rows = [...kinds, 'all'].map((kind) => {
    const of = results.filter((result) => kind === 'all' || result.kind === kind);
    const slowest = Math.max(0, ...of.map(({ milliseconds }) => milliseconds));
    return [kind, of.length, ...states.map((state) => of.filter(({ outcome }) => outcome.state === state).length), `${(slowest / 1000).toFixed(1)} s`];
  });
  const head = ['kind', 'cases', ...states, 'slowest'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}

void main().then((code) => {
  process.exit(code);
});
