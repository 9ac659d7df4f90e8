import { HeadlightError } from '../../errors';
import type { DeviceName } from '../../lenses/model';

/** Most letters of the runtime's own words that are quoted. */
const mostQuoted = 400;

/** The error for a graph that the runtime could not load. */
export function loadError(device: DeviceName, cause: unknown): HeadlightError {
  const words = runtimeWords(cause);
  if (isMemory(words)) return outOfMemory(`could not be loaded on ${device}`, words, cause);
  if (namesForeignOperator(words)) {
    return new HeadlightError(
      'cannot-instrument',
      `The model could not be loaded on ${device}: ${words}. The runtime does not know this operator, and Headlight loads no libraries ` +
        'of custom operators, as these are programs. Export the model with the operators of ONNX itself.',
      { cause },
    );
  }
  if (device === 'cpu') {
    // It is always there: what it does not take is wrong in itself.
    return new HeadlightError('model-broken', `The runtime refuses the model: ${words}. Export or download it again, or choose another model.`, { cause });
  }
  return new HeadlightError('device-unavailable', `The model could not be loaded on ${device}: ${words}. Choose another device or model.`, { cause });
}

/** The error for a run that the runtime gave up. */
export function runError(device: DeviceName, cause: unknown): HeadlightError {
  const words = runtimeWords(cause);
  if (isMemory(words)) return outOfMemory(`could not be computed on ${device}`, words, cause);
  return new HeadlightError(
    'run-failed',
    `The model could not be computed on ${device}: ${words}. Its files may not belong together: export it again, or choose another model or device.`,
    { cause },
  );
}

/** Whether an operator is missing that is none of ONNX itself, whose domain has no name. */
function namesForeignOperator(words: string): boolean {
  return /\S+:\S+\(-?\d+\) is not a registered function\/op/.test(words) || /In Node, \(".*?", \S+, "[^"]+", .*No Op registered for/.test(words);
}

function outOfMemory(what: string, words: string, cause: unknown): HeadlightError {
  return new HeadlightError(
    'out-of-memory',
    `The model ${what} for lack of memory (${words}). Run "Headlight: Unload Models", close other programs, take a shorter text, or choose a smaller model.`,
    { cause },
  );
}

function isMemory(words: string): boolean {
  return /bad_alloc|bad allocation|Failed to allocate memory|out of memory|Array buffer allocation failed/i.test(words);
}

/** What the runtime said, in one line, without the place in its source that it puts in front. */
function runtimeWords(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  const words = line
    .replace(/^Non-zero status code returned while running (\S+) node\. Name:'(.*?)' Status Message: /, 'node $2 ($1): ')
    .replace(/\S+\.(?:cc|h|hpp):\d+ .*?(?: was false\. |\) (?=[A-Z]))/, '')
    .replace(/\.$/, '');
  return words.length > mostQuoted ? `${words.slice(0, mostQuoted)}…` : words;
}
