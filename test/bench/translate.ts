import { join } from 'node:path';
import { findPython } from '../../scripts/steps/python.mjs';
import { EngineClient } from '../../src/engine/client';
import { Engine } from '../../src/engine/engine';
import { loadModel } from '../../src/engine/loadModel';
import type { Beams, Greedy } from '../../src/lenses/writing/contract';
import { residentMegabytes } from './engineStart';
import type { Bench } from './main';
import { PyTorch } from './pytorch';
import { milliseconds, type Row, times } from './report';
import { interleaved, median, ratio, timed } from './statistics';

const target = { model: 'translator', device: 'cpu' } as const;
const texts = [
  'The cow jumped over the moon.',
  'My brother has never eaten fish, but he likes to go to the sea.',
  'She put the book on the table and opened the window.',
  'I have no idea where he went yesterday evening.',
];
/** More than a hundred tokens of a translation, to be written as given. */
const long = Array.from({ length: 8 }, () => 'Mi hermano nunca ha comido pescado, pero le gusta ir al mar.').join(' ');
const lineCount = 2000;
const greedy: Greedy = { kind: 'greedy' };
const beams: Beams = { kind: 'beams', beams: 4 };

/** Translation token by token with all attention, against Transformers and against writing without looking. */
export async function translate(bench: Bench): Promise<Row[]> {
  const engine = new Engine((wanted, signal) => loadModel(wanted, bench, signal));
  const python = findPython();
  const pyTorch = python ? await PyTorch.start(bench.root, python, join(bench.builtInModels, target.model), 'pytorch_writer.py') : null;
  let turn = 0;
  let tokens = 0;
  const ours = async (choice: Greedy | Beams, attention: boolean): Promise<void> => {
    const { steps } = await engine.call('translation/translate', { ...target, text: texts[turn % texts.length]!, choice, alternatives: 5, attention });
    tokens = steps.length;
  };
  const inPython: Record<'one' | 'four', number[]> = { one: [], four: [] };
  const written: number[] = [];
  const measured = await interleaved(
    {
      with: async () => {
        await ours(greedy, true);
        written.push(tokens);
      },
      without: () => ours(greedy, false),
      searched: () => ours(beams, true),
      one: async () => pyTorch && inPython.one.push(await pyTorch.translate(texts[turn % texts.length]!, 1)),
      four: async () => {
        if (pyTorch) inPython.four.push(await pyTorch.translate(texts[turn % texts.length]!, 4));
        turn++;
      },
    },
    bench.rounds,
  );
  const counted = (all: readonly number[]): number[] => all.slice(-bench.rounds);
  const perSecond = median(counted(written).map((count, round) => (count / measured.with[round]!) * 1000));
  const rows: Row[] = [
    { what: 'tokens a second, the most probable each time, all attention', figure: perSecond.toFixed(0) },
    { what: 'with attention ÷ without', figure: times(ratio(measured.with, measured.without)), goal: '≤ 1.3×' },
    { what: 'four beams, all attention', figure: milliseconds(median(measured.searched)) },
  ];
  if (pyTorch) {
    rows.push(
      { what: 'Transformers `generate` with attention ÷ ours', figure: `${times(ratio(counted(inPython.one), measured.with))} (${milliseconds(median(counted(inPython.one)))} against ${milliseconds(median(measured.with))})`, goal: '≥ 2×' },
      { what: 'the same with four beams', figure: `${times(ratio(counted(inPython.four), measured.searched))} (${milliseconds(median(counted(inPython.four)))})` },
    );
  } else rows.push({ what: 'Transformers', figure: 'not measured: no Python with torch found (see --help)' });
  pyTorch?.stop();
  rows.push(...(await byLength(engine, bench.rounds)), await memoryByLength(bench));
  const lines = Array.from({ length: lineCount }, (_, index) => texts[index % texts.length]!.replace('.', ` ${index}.`));
  const time = await timed(() => engine.call('translation/lines', { ...target, texts: lines, choice: greedy }));
  rows.push({ what: `${lineCount} sentences, side by side`, figure: `${(time / 1000).toFixed(1)} s`, goal: '< 120 s' });
  await engine.dispose();
  return rows;
}

/** Resident memory of a fresh engine once translations of growing length were read with all their attention. */
async function memoryByLength(bench: Bench): Promise<Row> {
  const client = new EngineClient({ entry: join(bench.root, 'dist', 'engine.js'), setup: bench });
  try {
    const read = async (words: number): Promise<number> => {
      const translation = long.split(' ').slice(0, words).join(' ');
      const { steps } = await client.call('translation/score', { ...target, text: texts[1]!, translation, alternatives: 5 });
      return steps.length;
    };
    // Once more than the first, after which the engine still gives back what loading took.
    for (let warm = 0; warm < 3; warm++) await read(4);
    const before = residentMegabytes(client.pid);
    const grown: string[] = [];
    for (const words of [12, 40, 96]) {
      const tokens = await read(words);
      grown.push(`${tokens} tokens +${residentMegabytes(client.pid) - before} MB`);
    }
    return { what: 'memory of the engine over that after a few words', figure: `${before} MB; ${grown.join(', ')}` };
  } finally {
    await client.dispose();
  }
}

/** Time to the first token, and of a token early and late in a long text. */
async function byLength(engine: Engine, rounds: number): Promise<Row[]> {
  const first: number[] = [];
  const early: number[] = [];
  const late: number[] = [];
  let length = 0;
  for (let round = 0; round < rounds; round++) {
    const at: number[] = [performance.now()];
    const { steps } = await engine.call(
      'translation/score',
      { ...target, text: texts[1]!, translation: long, alternatives: 5 },
      { onProgress: () => at.push(performance.now()) },
    );
    length = steps.length;
    const each = at.slice(1).map((time, index) => time - at[index]!);
    first.push(each[0]!);
    early.push(median(each.slice(1, 17)));
    late.push(median(each.slice(-16)));
  }
  return [
    { what: 'text → first token', figure: milliseconds(median(first)) },
    { what: `a token near the ${length}th ÷ one near the 10th`, figure: `${times(ratio(late, early))} (${milliseconds(median(late))} against ${milliseconds(median(early))})`, goal: 'flat' },
  ];
}
