import { join } from 'node:path';
import { cardParts, type CardSubject, hoverCard } from '../../src/editor/hover/card';
import { readingTime, searchReach } from '../../src/editor/hover/limits';
import { paletteFor } from '../../src/editor/hover/palette';
import { wordInText } from '../../src/editor/source/documentSource';
import { EngineClient } from '../../src/engine/client';
import { loadModel } from '../../src/engine/loadModel';
import type { TransformerModel } from '../../src/lenses/model';
import { groupSenses } from '../../src/lenses/senses/compute';
import type { OccurrenceInContext, Senses } from '../../src/lenses/senses/contract';
import { nearest } from '../../src/lenses/vectors/nearest';
import { contextOf } from '../support/computeContext';
import type { Bench } from './main';
import { milliseconds, type Row } from './report';
import { interleaved, quantile, timed } from './statistics';
import { standSentences } from './texts';

const target = { model: 'encoder', device: 'cpu' } as const;
const occurrencesPerDocument = 9;

const spread = (values: readonly number[]): string =>
  `p50 ${milliseconds(quantile(values, 0.5))}, p95 ${milliseconds(quantile(values, 0.95))}`;

/** What a hover waits for: through the engine process with its model loaded, and part by part. */
export async function hover(bench: Bench): Promise<Row[]> {
  return [...(await wholeHovers(bench)), ...(await parts(bench))];
}

async function wholeHovers(bench: Bench): Promise<Row[]> {
  const client = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
  let document = 1;
  const next = (): OccurrenceInContext[] => standSentences(occurrencesPerDocument, ++document);
  const ask = async (occurrences: readonly OccurrenceInContext[], current: number, limit?: number): Promise<Senses> => {
    const request = { ...target, word: 'stand', occurrences, current, top: 5, ...(limit === undefined ? {} : { within: limit }) };
    const [senses] = await Promise.all([
      client.call('senses/group', request),
      client.call('vectors/nearest', { ...target, model: 'static', word: 'stand', top: 5 }),
    ]);
    return senses;
  };
  const seen = next();
  await ask(seen, 0);
  let current = 0;
  const read: number[] = [];
  const measured = await interleaved(
    {
      whole: () => ask(next(), 4),
      inTime: async () => read.push(occurrencesPerDocument - (await ask(next(), 4, readingTime)).left),
      again: () => ask(seen, ++current % occurrencesPerDocument, readingTime),
    },
    bench.rounds * 3,
  );
  await client.dispose();
  const word = `a word with ${occurrencesPerDocument} occurrences`;
  return [
    { what: `hover on ${word}, never seen before: a card with those read in ${readingTime} ms`, figure: spread(measured.inTime), goal: 'p95 ≤ 100 ms' },
    { what: 'occurrences read for that card', figure: `median ${quantile(read.slice(2), 0.5)}, fewest ${Math.min(...read.slice(2))}` },
    { what: `hover on ${word}, never seen before: a card with all of them, however long it takes`, figure: spread(measured.whole) },
    { what: `hover on ${word} that was read ahead or seen before`, figure: spread(measured.again), goal: 'p95 ≤ 100 ms' },
  ];
}

/** Where the time of a card with all occurrences goes. */
async function parts(bench: Bench): Promise<Row[]> {
  const { signal } = new AbortController();
  const model = await loadModel(target, bench, signal);
  const look = await loadModel({ ...target, model: 'static' }, bench, signal);
  let running = 0;
  const timedModel: TransformerModel = {
    info: model.info,
    attention: model.attention,
    tokenizer: model.tokenizer,
    folder: model.folder,
    fingerprint: model.fingerprint,
    writer: model.writer,
    decoder: model.decoder,
    run: async (batch, outputs, aborted) => {
      const start = performance.now();
      const answer = await model.run(batch, outputs, aborted);
      running += performance.now() - start;
      return answer;
    },
  };
  const long = longText();
  const times = { search: [] as number[], searchLong: [] as number[], read: [] as number[], run: [] as number[], group: [] as number[], look: [] as number[], card: [] as number[] };
  for (let round = -2; round < bench.rounds; round++) {
    const occurrences = standSentences(occurrencesPerDocument, 5000 + round);
    const text = occurrences.map(({ sentence }) => sentence).join('\n');
    const range = { start: occurrences[0]!.start, end: occurrences[0]!.end };
    const middle = long.indexOf('stand', long.length / 2);
    const request = { ...target, word: 'stand', occurrences, current: 4, top: 5 };
    const group = (): Promise<Senses> => groupSenses(request, contextOf(timedModel));
    running = 0;
    const whole = await timed(group);
    const run = running;
    const senses = await group();
    const grouping = await timed(group);
    const subject: CardSubject = {
      word: 'stand', parts: cardParts, senses, staticNeighbours: [], current: 4, lines: occurrences.map((_, line) => line + 1),
      total: occurrencesPerDocument, hasMore: false, range: { uri: 'file:///a', ...range },
    };
    const measured = {
      search: await timed(() => wordInText(text, range, 40)),
      searchLong: await timed(() => wordInText(long, { start: middle, end: middle + 5 }, 40, { reach: searchReach })),
      read: whole - run - grouping,
      run,
      group: grouping,
      look: await timed(() => nearest({ ...target, model: 'static', word: 'stand', top: 5 }, contextOf(look))),
      card: await timed(() => hoverCard(subject, paletteFor('dark'), (message) => message)),
    };
    if (round >= 0) for (const name of Object.keys(times) as (keyof typeof times)[]) times[name].push(measured[name]);
  }
  await model.dispose();
  await look.dispose();
  return [
    { what: 'part of a whole card: finding the word and its sentences', figure: spread(times.search) },
    { what: 'the same in a text of 1 MB in which the word is frequent', figure: spread(times.searchLong), goal: '≤ 10 ms' },
    { what: 'part: tokens, vectors and likely words', figure: spread(times.read) },
    { what: 'part: the model runs', figure: spread(times.run) },
    { what: 'part: grouping and map', figure: spread(times.group) },
    { what: 'part: static neighbours', figure: spread(times.look), goal: '≤ 5 ms' },
    { what: 'part: drawing the card', figure: spread(times.card) },
  ];
}

/** A megabyte in which every sentence holds "stand". */
function longText(): string {
  const sentence = 'She put the sheet music on the stand before evening, and the dish ran away with the spoon. ';
  return sentence.repeat(Math.ceil(1e6 / sentence.length));
}
