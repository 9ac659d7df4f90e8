import { join } from 'node:path';
import { EngineClient } from '../../src/engine/client';
import type { Bench } from './main';
import { milliseconds, type Row } from './report';
import { quantile, timed } from './statistics';
import { standSentences } from './texts';

const target = { model: 'encoder', device: 'cpu' } as const;
const hovers = 40;
const occurrencesPerDocument = 9;

/** What a hover waits for, through the engine process: new sentences, and sentences hovered before. */
export async function hover(bench: Bench): Promise<Row[]> {
  const client = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
  const ask = (seed: number, current: number): Promise<unknown> =>
    client.call('senses/group', {
      ...target,
      word: 'stand',
      occurrences: standSentences(occurrencesPerDocument, seed),
      current,
      top: 5,
    });
  await ask(1, 0);
  const fresh: number[] = [];
  const again: number[] = [];
  for (let round = 2; round < hovers + 2; round++) {
    fresh.push(await timed(() => ask(round, 0)));
    again.push(await timed(() => ask(round, 1)));
  }
  await client.dispose();
  const spread = (values: readonly number[]): string =>
    `p50 ${milliseconds(quantile(values, 0.5))}, p95 ${milliseconds(quantile(values, 0.95))}`;
  return [
    { what: `hover on one of ${occurrencesPerDocument} occurrences, never seen before`, figure: spread(fresh) },
    { what: 'hover on the next occurrence in the same document', figure: spread(again) },
  ];
}
