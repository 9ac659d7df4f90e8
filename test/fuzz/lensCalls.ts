import { join } from 'node:path';
import type { EngineClient } from '../../src/engine/client';
import type { AttentionPart } from '../../src/lenses/attention/contract';
import type { LensMethod, LensRequest } from '../../src/lenses/calls';
import type { Outcome as MeasuredBy } from '../../src/lenses/evidence/contract';
import type { WithoutTarget } from '../../src/lenses/model';
import { nothingOff } from '../../src/lenses/whatIf/contract';
import type { Random } from './random';
import { hostileStrings } from './hostileStrings';
import { type Outcome, outcomeOf } from './runCase';

/** A call that a lens makes, before anything is done to it. */
interface Call<M extends LensMethod = LensMethod> {
  readonly method: M;
  readonly request: WithoutTarget<LensRequest<M>>;
}

const numbers = [NaN, Infinity, -Infinity, -1, -0.5, 0.5, 1e9, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e300, 5e-324, 0, 1, 3, 7, 255];
const text = 'The cow jumped over the moon and ate her grass.';
const cow = { start: 4, end: 7 };
const use = (sentence = text): { sentence: string; start: number; end: number } => ({ sentence, ...cow });

const outcomes: readonly MeasuredBy[] = [
  { kind: 'word', text, at: cow, word: 'cow' },
  { kind: 'word', text, pair: 'It ran away.', at: cow, word: 'moon' },
  { kind: 'nextSentence', first: text, second: 'It ran away.' },
  { kind: 'class', text, label: 1 },
  { kind: 'nextToken', text, token: 5, written: { text: 'la vaca' } },
  { kind: 'nextToken', text, token: 5, written: { ids: [5, 6] } },
  { kind: 'cosine', pair: [use(), use('The cow ran away.')], state: 1 },
  { kind: 'separation', groups: [[use(), use('The cow ran away.')], [use('The cow ate.'), use('The cow slept.')]], state: 1 },
];

/** Models with what can mostly be measured of them: outcomes, and the parts that their heads are in. */
const models: Readonly<Record<string, { readonly kinds: readonly MeasuredBy['kind'][]; readonly parts: readonly AttentionPart[] }>> = {
  'models/bert-tiny': { kinds: ['word', 'cosine', 'separation'], parts: ['encoder'] },
  'drift/after': { kinds: ['word', 'cosine', 'separation'], parts: ['encoder'] },
  'models/distilbert-tiny': { kinds: ['word', 'cosine'], parts: ['encoder'] },
  'models/roberta-tiny': { kinds: ['word', 'cosine'], parts: ['encoder'] },
  'models/gpt2-tiny': { kinds: ['nextToken', 'cosine'], parts: ['decoder', 'encoder'] },
  // Of the built-in models, the one that tells classes and next sentences.
  encoder: { kinds: ['class', 'class', 'nextSentence', 'word'], parts: ['encoder'] },
  'writers/marian': { kinds: ['nextToken'], parts: ['encoder', 'decoder', 'cross'] },
  'writers/t5': { kinds: ['nextToken'], parts: ['encoder', 'decoder', 'cross'] },
  'writers/llama': { kinds: ['nextToken'], parts: ['decoder'] },
};

/** @returns calls of all kinds; `against` is drift's other model */
function calls(random: Random, model: string, against: string): readonly Call[] {
  const { kinds, parts } = models[model]!;
  const fitting = outcomes.filter(({ kind }) => kinds.includes(kind));
  const outcome = random.pick(random.chance(0.9) ? fitting : outcomes);
  const ablation = random.pick(['zero', 'mean'] as const);
  const head = { part: random.pick(parts), layer: 1, head: 2 };
  const patch = { clean: outcome, corrupted: random.chance(0.7) ? outcome : random.pick(outcomes), of: random.pick(['states', 'heads'] as const), direction: random.pick(['denoising', 'noising'] as const) };
  const switches = { ...nothingOff, ablation, heads: [head], layers: [{ part: head.part, layer: 0 }], edges: [], tokens: [], ...(random.chance(0.5) && { edges: [{ ...head, query: 1, key: 2 }], tokens: [{ token: 1, to: 'hidden' as const }] }), ids: random.chance(0.5) ? null : [2, 5, 6, 3] };
  return [
    { method: 'evidence/measure', request: { outcome, without: { heads: [head], ablation } } },
    { method: 'evidence/measure', request: { outcome, switches } },
    { method: 'evidence/rank', request: { outcome, ablation } },
    { method: 'evidence/patch', request: patch },
    { method: 'evidence/patchedAnswers', request: { ...patch, row: 1, column: 2, top: 5 } },
    { method: 'evidence/attribution', request: { outcome, by: random.pick(['word', 'token'] as const), method: random.pick(['delete', 'mask'] as const) } },
    { method: 'drift/measure', request: { against, lines: [text, 'The moon.', 'Her grass and the cow.'], labels: ['0', null, 'good'] } },
    { method: 'classification/classify', request: { text, pair: 'It ran away.', focus: 5 } },
    { method: 'classification/lines', request: { texts: [text, '', 'The moon.'] } },
  ];
}

/** Asks a whole model with a request of which some values are hostile. */
export async function runLensCall(client: EngineClient, random: Random, fixtures: string): Promise<{ readonly mutations: readonly string[]; readonly outcome: Outcome }> {
  const names = Object.keys(models);
  const [model, against] = [random.pick(names), random.chance(0.6) ? random.pick(names.slice(0, 2)) : random.pick(names.filter((name) => name !== 'encoder'))];
  const isOfClasses = model === 'encoder' && random.chance(0.5);
  const { method, request } = random.pick(calls(random, model, join(fixtures, against)).filter((call) => call.method.startsWith('classification/') === isOfClasses));
  const done = [model, method];
  let changed: unknown = request;
  for (let count = random.below(4); count > 0; count--) changed = mutated(changed, random, done);
  // Drift's other model is named by whoever may name one: what it holds is another kind's to mutate.
  if (method === 'drift/measure') changed = { ...(changed as object), against: join(fixtures, against) };
  const asked = { ...(changed as LensRequest<typeof method>), model: model === 'encoder' ? model : join(fixtures, model), device: 'cpu' as const };
  return { mutations: done, outcome: await client.call(method, asked).then((): Outcome => ({ state: 'answered' }), (error: unknown) => outcomeOf(error, done.some((one) => one.endsWith('= NaN')))) };
}

/** A copy with one value changed: numbers to other numbers, texts to other texts, lists to shorter and longer ones. */
function mutated(value: unknown, random: Random, done: string[]): unknown {
  const paths = leavesOf(value, []);
  if (paths.length === 0) return value;
  const path = random.pick(paths);
  return changedAt(value, path, (old) => {
    const next = typeof old === 'number' ? random.pick(numbers) : typeof old === 'string' ? random.pick(hostileStrings) : listLike(old as readonly unknown[], random);
    done.push(`${path.join('.')} = ${String(Array.isArray(next) ? `${next.length} items` : next).slice(0, 30)}`);
    return next;
  });
}

function listLike(list: readonly unknown[], random: Random): readonly unknown[] {
  switch (random.below(4)) {
    case 0:
      return [];
    case 1:
      return list.slice(0, 1);
    case 2:
      return [...list, ...list];
    default:
      return Array.from({ length: 40 }, () => list).flat();
  }
}

type Path = readonly string[];

/** Words that are one of a few, which the contract's type already says. */
const fixed = new Set(['kind', 'part', 'ablation', 'of', 'direction', 'by', 'method', 'to', 'against']);

function leavesOf(value: unknown, path: Path): Path[] {
  if (typeof value === 'number' || typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, own]) => (fixed.has(key) ? [] : leavesOf(own, [...path, key])));
  return Array.isArray(value) ? [path, ...inside] : inside;
}

function changedAt(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const inner = changedAt((value as Record<string, unknown>)[key], rest, change);
  if (Array.isArray(value)) return (value as readonly unknown[]).map((own, index) => (String(index) === key ? inner : own));
  return { ...(value as object), [key]: inner };
}
