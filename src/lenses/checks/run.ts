import { HeadlightError } from '../../errors';
import { topK } from '../../math/topK';
import { occurrencesOf } from '../../text/occurrences';
import type { Token } from '../../text/token';
import { excerpt, visibleLine } from '../../text/visibleText';
import { partsOf } from '../attention/parts';
import type { AttentionPart } from '../attention/contract';
import type { CallOptions, LensMethod, LensRequest, LensResult, LensService } from '../calls';
import type { Outcome } from '../evidence/contract';
import type { ModelInfo, Target, WithoutTarget } from '../model';
import { nothingOff, type Switches } from '../whatIf/contract';
import type { CheckedOutcome, CheckedPart, CheckedText, CheckFile, Expectation, Measured, NamedWord, PlacedExpectation, SwitchedOff } from './contract';
import { expectationText, measuredText } from './print';
import { rangeOf, tokensOf } from './words';

/** What came of an expectation. An error means that nothing could be measured, and says why. */
export type CheckResult =
  | { readonly status: 'passed' | 'failed'; readonly measured: number; readonly message: string }
  | { readonly status: 'error'; readonly message: string };

export interface CheckRun {
  readonly onStart?: (expectation: PlacedExpectation) => void;
  /** Called as each result comes. */
  readonly onResult?: (expectation: PlacedExpectation, text: CheckedText, result: CheckResult) => void;
  /** Which are run; all where it is not given. */
  readonly only?: (expectation: PlacedExpectation) => boolean;
  /** Also of a model with another hash. */
  readonly anyModel?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Asks the model what a file expects of it, one expectation after the other.
 * @param target the model that the file names, where it is on this machine
 * @throws HeadlightError `cancelled`
 */
export async function runChecks(file: CheckFile, service: LensService, target: Target, run: CheckRun = {}): Promise<void> {
  const { anyModel = false, only = () => true, onResult = () => undefined, onStart = () => undefined, signal } = run;
  const call: Ask = (method, request) => service.call(method, { ...request, ...target }, signal ? { signal } : {});
  const refused = await refusal(file, call, anyModel);
  for (const text of file.texts) {
    for (const expectation of text.expectations.filter(only)) {
      onStart(expectation);
      onResult(expectation, text, refused ?? await resultOf(expectation, text, call));
    }
  }
}

type Ask = <M extends LensMethod>(method: M, request: WithoutTarget<LensRequest<M>> & Pick<Target, 'switches'>, options?: CallOptions) => Promise<LensResult<M>>;

/** Why nothing can be asked of the model; null where it is the one that the file was made for. */
async function refusal({ hash, model }: CheckFile, call: Ask, anyModel: boolean): Promise<CheckResult | null> {
  if (hash === null || anyModel) return null;
  const found = await guarded(async () => {
    const own = await call('model/hash', {});
    if (own.hash === hash.value) return null;
    return error(
      `The file was made for another model: its hash is ${hash.value}, and that of ${model.value} is ${own.hash}. ` +
        'Run with --any-model (in the editor: the profile “Run on Any Model”) to see what this one does, or update the hash with --update.',
    );
  });
  return found;
}

const error = (message: string): CheckResult => ({ status: 'error', message });

/** What `work` finds, or its failure as a result. @throws HeadlightError `cancelled` */
async function guarded<T>(work: () => Promise<T>): Promise<T | CheckResult> {
  try {
    return await work();
  } catch (failure) {
    if (failure instanceof HeadlightError && failure.code !== 'cancelled') return error(failure.message);
    throw failure;
  }
}

function resultOf(expectation: Expectation, text: CheckedText, call: Ask): Promise<CheckResult> {
  return guarded(async () => {
    const { instead, value } = await measure(expectation.measured, text, call);
    if (Number.isNaN(value)) return error(`The model answers with no number (NaN) to ${measuredText(expectation.measured)}. Choose another model or device.`);
    const passed = holds(value, expectation);
    return { status: passed ? 'passed' : 'failed', measured: value, message: passed ? `measured ${shownValue(value)}` : failureText(expectation, value, instead) };
  });
}

/** Whether a value is within the bound. */
export function holds(value: number, { bound, relation }: Expectation): boolean {
  switch (relation) {
    case '>=':
      return value >= bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '<':
      return value < bound;
  }
}

function failureText(expectation: Expectation, value: number, instead: string | null): string {
  const by = Math.abs(value - expectation.bound);
  const short = by === 0 ? 'not beyond the bound' : `${shownValue(by)} ${value < expectation.bound ? 'too low' : 'too high'}`;
  return `Expected ${expectationText(expectation)}, measured ${shownValue(value)}: ${short}.${instead === null ? '' : ` ${instead}`}`;
}

/** Four significant digits. */
export function shownValue(value: number): string {
  return String(Number(value.toPrecision(4)));
}

interface MeasuredValue {
  readonly value: number;
  /** What is the case instead, for one that fails; a sentence. */
  readonly instead: string | null;
}

async function measure(measured: Measured, text: CheckedText, call: Ask): Promise<MeasuredValue> {
  switch (measured.kind) {
    case 'attention':
      return attention(measured, text, call);
    case 'rank':
      return rank(measured, text, call);
    case 'effect': {
      const outcome = await outcomeOf(measured.on, text, call);
      const whole = await call('evidence/measure', { outcome });
      const without = await call('evidence/measure', { outcome, switches: switchesOf(measured.off, measured.ablation, whole.model) });
      return { value: without.value - whole.value, instead: `${whole.name} is ${shownValue(whole.value)} with it and ${shownValue(without.value)} without.` };
    }
    case 'class': {
      const { value, model } = await call('evidence/measure', { outcome: await outcomeOf(measured, text, call) });
      const { label } = await call('classification/classify', requestOf(text));
      return { value, instead: `The most probable class is “${shown(model.labels![label]!)}”.` };
    }
    default:
      return { value: (await call('evidence/measure', { outcome: await outcomeOf(measured, text, call) })).value, instead: null };
  }
}

const requestOf = ({ second, text }: CheckedText): { readonly text: string; readonly pair?: string } => ({ text, ...(second !== null && { pair: second }) });

const shown = (text: string): string => excerpt(visibleLine(text), 40);

async function attention({ head, key, layer, part, query }: Extract<Measured, { kind: 'attention' }>, text: CheckedText, call: Ask): Promise<MeasuredValue> {
  const { info, part: own } = await partIn(part, call);
  const map = await call('attention/textMap', {
    ...requestOf(text), part: own, map: { kind: 'head', layer, head },
    ...(own !== 'encoder' && info.writes?.task === 'translation' && text.written !== null && { written: { text: text.written } }),
  });
  const source: Parameters<typeof tokensOf>[1] = text.second === null ? [text.text] : [text.text, text.second];
  // What is written is a text of its own: of segment 1, with offsets in it.
  const written: Parameters<typeof tokensOf>[1] | null = map.written && ['', map.written.text];
  const rows = tokensOf(query, written ?? source, map.queries);
  const columns = tokensOf(key, own === 'decoder' && written ? written : source, map.tokens);
  const { length } = map.tokens;
  const row = map.tokens.map((_, column) => rows.reduce((sum, at) => sum + map.weights[at * length + column]!, 0) / rows.length);
  const most = topK(Float32Array.from(row), 1)[0]!;
  return {
    value: columns.reduce((sum, column) => sum + row[column]!, 0),
    instead: columns.includes(most) ? null : `It looks most at ${tokenName(map.tokens[most]!)}: ${shownValue(row[most]!)}.`,
  };
}

const tokenName = ({ text }: Token): string => `“${shown(text)}”`;

/** Which stack a part is in the model at hand. */
async function partIn(part: CheckedPart, call: Ask): Promise<{ readonly info: ModelInfo; readonly part: AttentionPart }> {
  const info = await call('model/load', {});
  return { info, part: part === 'first' ? firstPart(info) : part };
}

function firstPart(info: ModelInfo): AttentionPart {
  return partsOf(info)[0] ?? 'encoder';
}

async function rank({ at, word }: Extract<Measured, { kind: 'rank' }>, text: CheckedText, call: Ask): Promise<MeasuredValue> {
  const range = await placeOf(at, word, text, call);
  const { masks, tokens } = await call('predictions/predict', { ...requestOf(text), maskRange: range, top: 3, candidates: [word] });
  const there = masks.filter(({ index }) => tokens[index]!.segment === 0 && tokens[index]!.start < range.end && tokens[index]!.end > range.start);
  const found = there.length === 1 ? there[0]!.candidates[0]!.rank : null;
  if (found === null) {
    throw new HeadlightError('out-of-range', `Only words and places of one token have a rank; “${shown(word)}” or its place has none or several for this model. Check its probability instead: P(${word}) >= ….`);
  }
  const first = there[0]!.predictions.map(({ probability, token }) => `“${shown(token)}” ${shownValue(probability)}`);
  return { value: found, instead: `First come ${first.join(', ')}.` };
}

/** The place where a word is asked for: as it is named, or the mask of the text, or where the word stands itself. */
async function placeOf(at: NamedWord | null, word: string, { text }: CheckedText, call: Ask): Promise<{ readonly start: number; readonly end: number }> {
  if (at !== null) return rangeOf(at, text);
  const { maskToken } = await call('model/load', {});
  if (maskToken !== null && text.includes(maskToken)) return rangeOf({ word: maskToken, number: null }, text);
  if (occurrencesOf(text, word).length > 0) return rangeOf({ word, number: null }, text);
  throw new HeadlightError('word-not-found', `“${shown(word)}” does not stand in the text, which holds no mask either. Say in which word's place it is asked for: P(${word}) at ….`);
}

async function outcomeOf(checked: CheckedOutcome, text: CheckedText, call: Ask): Promise<Outcome> {
  switch (checked.kind) {
    case 'probability':
      return { kind: 'word', ...requestOf(text), at: await placeOf(checked.at, checked.word, text, call), word: checked.word };
    case 'nextSentence':
      return { kind: 'nextSentence', first: text.text, second: text.second! };
    case 'class': {
      const { labels, name } = await call('model/load', {});
      const label = labels === null ? 0 : labels.findIndex((own) => own.toLowerCase() === checked.label.toLowerCase());
      if (label < 0) throw new HeadlightError('out-of-range', `${name} has no class “${shown(checked.label)}”. Name one of ${labels!.slice(0, 20).map(shown).join(', ')}.`);
      return { kind: 'class', ...requestOf(text), label };
    }
    case 'cosine': {
      const sentences = [text.text, text.second ?? text.text] as const;
      const occurrence = (named: NamedWord, sentence: string) => ({ sentence, ...rangeOf(named, sentence) });
      return { kind: 'cosine', pair: [occurrence(checked.first, sentences[0]), occurrence(checked.second, sentences[1])], ...(checked.state !== null && { state: checked.state }) };
    }
    case 'nextToken':
      return nextToken(checked.word, text, call);
  }
}

/** Which entry of the vocabulary a token is that is named by its text, behind what has been written. */
async function nextToken(word: string, { text, written }: CheckedText, call: Ask): Promise<Outcome> {
  const { name, writes } = await call('model/load', {});
  if (writes?.task === 'translation') {
    const idsOf = async (translation: string): Promise<number[]> =>
      (await call('translation/score', { text, translation, alternatives: 0, attention: false })).steps.filter(({ special }) => !special).map(({ id }) => id);
    const before = written === null ? [] : await idsOf(written);
    const behind = (await idsOf(written === null ? word : `${written} ${word}`)).slice(before.length);
    return { kind: 'nextToken', text, token: onlyToken(behind, word), ...(before.length > 0 && { written: { ids: before } }) };
  }
  if (written !== null) throw new HeadlightError('out-of-range', `${name} writes a text on: what has been written stands at the end of “text:”, and “written:” is for translators.`);
  const { steps } = await call('generation/generate', { text, prefix: { text: word }, maxTokens: 2, choice: { kind: 'greedy' }, alternatives: 0, attention: false });
  return { kind: 'nextToken', text, token: onlyToken(steps.filter(({ forced }) => forced).map(({ id }) => id), word) };
}

/** @throws HeadlightError `out-of-range` for a word of several tokens */
function onlyToken(ids: readonly number[], word: string): number {
  if (ids.length === 1) return ids[0]!;
  throw new HeadlightError('out-of-range', `“${shown(word)}” is not one token for this model. Name one token of its vocabulary, such as the beginning of the word.`);
}

function switchesOf(off: readonly SwitchedOff[], ablation: Switches['ablation'], info: ModelInfo): Switches {
  const part = (one: CheckedPart): AttentionPart => (one === 'first' ? firstPart(info) : one);
  return {
    ...nothingOff,
    ablation,
    heads: off.flatMap((one) => (one.kind === 'head' ? [{ part: part(one.part), layer: one.layer, head: one.head }] : [])),
    layers: off.flatMap((one) => (one.kind === 'layer' ? [{ part: part(one.part), layer: one.layer }] : [])),
    withoutPositions: off.some(({ kind }) => kind === 'positions'),
  };
}
