import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import { askedLines, pickLines } from '../../src/lenses/drift/pickLines';
import { labelledLines } from './labelledLines';
import type { Bench } from './main';
import type { Row } from './report';
import { median, timed } from './statistics';

const target = { model: 'encoder', device: 'cpu' } as const;
const count = 1000;
const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;

/**
 * Two files of one model on 1,000 short lines: the built-in encoder against a copy of itself in another folder, which has
 * nothing to be quicker by than any other file. And how long it takes to be stopped.
 */
export async function drift(bench: Bench): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'headlight-bench-drift-'));
  const against = join(folder, 'encoder');
  cpSync(join(bench.builtInModels, target.model), against, { recursive: true });
  const { lines } = askedLines(pickLines(labelledLines(count), count, { name: 'lines.tsv' }));
  const engine = new Engine((wanted, signal) => loadModel(wanted, bench, signal));
  const measured: number[] = [];
  const pauses: number[] = [];
  let tokens = 0;
  for (let round = 0; round < Math.ceil(bench.rounds / 5); round++) {
    // Other lines in each round, as answers are remembered.
    const own = lines.map((line) => `${line} (${round})`);
    let last = performance.now();
    measured.push(await timed(async () => {
      ({ tokens } = await engine.call('drift/measure', { ...target, against, lines: own }, {
        onProgress: () => {
          pauses.push(performance.now() - last);
          last = performance.now();
        },
      }));
    }));
    pauses.push(performance.now() - last);
  }
  const stop = new AbortController();
  let asked = 0;
  await engine.call('drift/measure', { ...target, against, lines }, {
    signal: stop.signal,
    onProgress: ({ done = 0 }) => {
      if (done < count / 2 || stop.signal.aborted) return;
      asked = performance.now();
      stop.abort();
    },
  }).then(() => { throw new Error('It was not stopped.'); }, () => undefined);
  const stopped = performance.now() - asked;
  await engine.dispose();
  rmSync(folder, { recursive: true });
  return [
    { what: `two files of one model on ${count} short lines (${tokens} tokens): heads, layers, senses, masked words`, figure: seconds(median(measured)), goal: '< 60 s' },
    { what: 'the longest time without a word of how far it is', figure: seconds(Math.max(...pauses)), goal: '< 5 s' },
    { what: 'stopping it half-way', figure: seconds(stopped), goal: '< 2 s' },
  ];
}
