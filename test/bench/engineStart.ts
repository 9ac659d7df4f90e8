import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineClient } from '../../src/engine/client';
import type { Bench } from './main';
import { milliseconds, type Row } from './report';
import { median, timed } from './statistics';
import { textOfTokens } from './texts';

const target = { model: 'encoder', device: 'cpu' } as const;
const starts = 5;

/** Starting the engine process until the first answer, and what it holds in memory. */
export async function engineStart(bench: Bench): Promise<Row[]> {
  const elapsed: number[] = [];
  let afterFirst = 0;
  let afterLong = 0;
  for (let start = 0; start < starts; start++) {
    const client = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
    elapsed.push(await timed(() => client.call('attention/overview', { ...target, text: 'The cow jumped over the moon.' })));
    afterFirst = residentMegabytes(client.pid);
    await client.call('attention/overview', { ...target, text: textOfTokens(512) });
    afterLong = residentMegabytes(client.pid);
    await client.dispose();
  }
  return [
    { what: 'start of the engine process → first result', figure: milliseconds(median(elapsed)) },
    { what: 'memory of the engine after the first result', figure: `${afterFirst} MB` },
    { what: 'memory of the engine after 512 tokens', figure: `${afterLong} MB` },
  ];
}

/** Resident set of a process, from /proc; NaN where there is none. */
export function residentMegabytes(pid: number | undefined): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1];
    return Math.round(Number(kilobytes) / 1000);
  } catch {
    return Number.NaN;
  }
}
