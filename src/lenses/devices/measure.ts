import { HeadlightError } from '../../errors';
import type { Token } from '../../text/token';
import type { Compute } from '../compute';
import type { TransformerModel } from '../model';
import type { MeasuredLength } from './contract';
import { probeText, runProbe } from './probe';

/** Tokens of the longer of the two texts, where the model's window takes as many. */
const longTokens = 128;
/** Warm runs are timed until there are this many, or until they took `timeLimit` milliseconds together. */
const mostRuns = 11;
const timeLimit = 2_000;

/** Times a model and hands out what it computes, each for two lengths of text. */
export const measureDevice: Compute<'devices/measure'> = async (_, { model, devices, signal, progress }) => {
  const texts = textsFor(model);
  const lengths: MeasuredLength[] = [];
  for (const tokens of texts) {
    progress({ message: `${model.info.device}, ${tokens.length} tokens`, done: lengths.length, total: texts.length });
    lengths.push(await measured(model, tokens, signal));
  }
  return { model: model.info, devices, lengths };
};

/** The probe's sentence, and the same again and again, cut at its length. */
function textsFor({ info, tokenizer }: TransformerModel): Token[][] {
  // A token is written behind them.
  const most = info.writes === null ? info.window : info.window - 1;
  const short = tokenizer.encode(probeText).tokens.slice(0, most);
  const repeated = tokenizer.encode(Array<string>(Math.ceil((2 * longTokens) / short.length)).fill(probeText).join(' ')).tokens;
  const long = repeated.slice(0, Math.min(longTokens, most));
  return long.length > short.length ? [short, long] : [short];
}

async function measured(model: TransformerModel, tokens: readonly Token[], signal: AbortSignal): Promise<MeasuredLength> {
  // Not timed: memory is taken and shaders are compiled for this length.
  const numbers = await runProbe(model, tokens, signal);
  const times: number[] = [];
  const begin = performance.now();
  while (times.length === 0 || (times.length < mostRuns && performance.now() - begin < timeLimit)) {
    if (signal.aborted) throw new HeadlightError('cancelled', 'The request was cancelled.');
    const start = performance.now();
    await runProbe(model, tokens, signal);
    times.push(performance.now() - start);
  }
  return { tokens: tokens.length, milliseconds: median(times), runs: times.length, numbers };
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
