import type { EngineClient } from '../../src/engine/client';
import { type ErrorCode, HeadlightError } from '../../src/errors';
import { modelSummary } from '../../src/library/modelSummary';

/** How a case went. */
export type Outcome =
  /** Every question was answered. */
  | { readonly state: 'answered' }
  /** Something was refused, with a message for the reader. */
  | { readonly state: 'refused'; readonly code: ErrorCode; readonly message: string }
  /** The engine ended; the next case gets a new one. */
  | { readonly state: 'engine died'; readonly message: string }
  /** The engine was ended since it took too long. */
  | { readonly state: 'stopped at the limit'; readonly message: string }
  /** An error that nobody foresaw, or whose message is of no use to a reader. */
  | { readonly state: 'bug'; readonly message: string };

/** Words of errors of JavaScript itself, which say nothing to a reader. */
const unforeseen =
  /is not a function|is not iterable|is not defined|undefined|null \(|Cannot (?:read|set|convert|mix)|Invalid (?:array|typed array|string|count)|Maximum call stack|\[object Object\]|NaN|Reduce of empty|toLowerCase|BigInt/;

/**
 * Asks a model folder what the editor and its panel ask: its summary, as the list of models does in the extension
 * host; then to be loaded, for attention and for predictions or writing, in the engine.
 */
export async function runCase(client: EngineClient, folder: string): Promise<Outcome> {
  const target = { model: folder, device: 'cpu' } as const;
  const text = 'The cow jumped over the [MASK] moon.';
  const asked: readonly (() => Promise<unknown>)[] = [
    () => modelSummary(folder),
    () => client.call('attention/overview', { ...target, text }),
    async () => {
      const { writes, maskToken } = await client.call('model/load', target);
      const greedy = { ...target, text: 'the cow', choice: { kind: 'greedy' } as const, alternatives: 3, maxTokens: 4 };
      if (writes?.task === 'continuation') return client.call('generation/generate', greedy);
      if (writes?.task === 'translation') return client.call('translation/translate', greedy);
      return client.call('predictions/predict', { ...target, text: `The cow jumped over the ${maskToken ?? 'moon'}.`, top: 3 });
    },
  ];
  let worst: Outcome = { state: 'answered' };
  for (const ask of asked) {
    const outcome = await ask().then((): Outcome => ({ state: 'answered' }), outcomeOf);
    if (rank[outcome.state] > rank[worst.state]) worst = outcome;
    // The same again would take as long again.
    if (outcome.state === 'stopped at the limit') break;
  }
  return worst;
}

const rank: Record<Outcome['state'], number> = { answered: 0, refused: 1, 'engine died': 2, 'stopped at the limit': 3, bug: 4 };

/**
 * What an error says of how a case went.
 * @param isNaNGiven whether the request named a NaN, which the message may then repeat
 */
export function outcomeOf(error: unknown, isNaNGiven = false): Outcome {
  if (!(error instanceof HeadlightError)) return { state: 'bug', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  const { code, message } = error;
  if (code === 'engine-died') return { state: 'engine died', message };
  if (code === 'engine-hung') return { state: 'stopped at the limit', message };
  if (unforeseen.test(isNaNGiven ? message.replaceAll('NaN', '') : message) || message.length > 4000) return { state: 'bug', message: `${code}: ${message.slice(0, 1000)}` };
  return { state: 'refused', code, message };
}
