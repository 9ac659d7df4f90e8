import { mean, unit } from '../../math/vector';
import { batchesByLength } from '../batches';
import type { ComputeContext } from '../compute';
import { LruCache } from '../lruCache';
import type { ModelOutputs, TransformerModel } from '../model';
import { perModel } from '../perModel';
import { meanOfPieces, occurrenceKey } from '../wordInContext';
import type { OccurrenceInContext } from './contract';
import { paceOf } from './pace';
import { type Parts, partsOf, type Sequence, type SequenceLimits, sequenceOf, type Template } from './sequence';
import { type LikelyEntries, likelyWords } from './substitutes';

/** A vector read off one sequence of an occurrence. */
export interface Probe {
  readonly template: Template;
  /** Where it is read: the word's pieces, the mask, or all tokens but the word. */
  readonly at: 'word' | 'mask' | 'sentence';
  /** Hidden states whose unit vectors are averaged. */
  readonly states: readonly number[];
}

/** What is read of each occurrence. */
export interface ProbePlan {
  readonly limits: SequenceLimits;
  readonly probes: readonly Probe[];
}

/** What the model made of one occurrence. */
export interface ProbedOccurrence {
  /** One vector `[hidden]` for each probe. */
  readonly vectors: readonly Float32Array[];
  /** Vector `[hidden]` of the word in the last hidden state. */
  readonly contextual: Float32Array;
  /** The same in hidden state 0. */
  readonly embedded: Float32Array;
  /** Words in the place of the word; null without a masked-language head. */
  readonly likely: LikelyEntries | null;
}

/** Which occurrence matters most, and how long the others may take. */
export interface ProbeOrder {
  /** Index of the occurrence that is probed in any case; those nearest to it come next. */
  readonly first: number;
  /** Milliseconds after which nothing more is begun. */
  readonly within: number;
}

/** Occurrences remembered per model, so that a second hover in a document has little left to run. */
const rememberedOccurrences = 1000;

const remembered = perModel(() => new LruCache<string, ProbedOccurrence | null>(rememberedOccurrences));

const wordAlone: Template = ['W'];
const maskAlone: Template = ['M'];

/**
 * Probes each occurrence; null for one that the model cannot read, undefined for one that there was no time for. What
 * was probed before takes no time.
 */
export async function probeOccurrences(
  occurrences: readonly OccurrenceInContext[],
  plan: ProbePlan,
  context: ComputeContext,
): Promise<(ProbedOccurrence | null)[]>;
export async function probeOccurrences(
  occurrences: readonly OccurrenceInContext[],
  plan: ProbePlan,
  context: ComputeContext,
  order: ProbeOrder | undefined,
): Promise<(ProbedOccurrence | null | undefined)[]>;
export async function probeOccurrences(
  occurrences: readonly OccurrenceInContext[],
  plan: ProbePlan,
  context: ComputeContext,
  order?: ProbeOrder,
): Promise<(ProbedOccurrence | null | undefined)[]> {
  const begin = performance.now();
  const { model } = context;
  const known = remembered(model);
  const results = new Map<string, ProbedOccurrence | null>();
  const take = (key: string, result: ProbedOccurrence | null): void => {
    results.set(key, result);
    known.set(key, result);
  };
  const waiting = new Map<string, Job>();
  for (const index of orderOf(occurrences, order)) {
    const occurrence = occurrences[index]!;
    const key = occurrenceKey(occurrence);
    if (results.has(key) || waiting.has(key)) continue;
    const before = known.get(key);
    const parts = before === undefined ? partsOf(occurrence, model.tokenizer, plan.limits) : null;
    if (parts) waiting.set(key, new Job(occurrence, parts, plan, model));
    else take(key, before ?? null);
  }
  const first = order && occurrenceKey(occurrences[order.first]!);
  while (waiting.size > 0) {
    const room = order ? paceOf(model).tokensWithin(begin + order.within - performance.now()) : Infinity;
    const jobs = fitting([...waiting], room);
    // What matters most is probed even when there is no time, or before it is known how long it takes.
    if (jobs.length === 0 && first !== undefined && waiting.has(first)) jobs.push([first, waiting.get(first)!]);
    if (jobs.length === 0) break;
    await runJobs(jobs.map(([, job]) => job), plan, context);
    for (const [key, job] of jobs) {
      waiting.delete(key);
      take(key, job.result());
    }
  }
  return occurrences.map((occurrence) => results.get(occurrenceKey(occurrence)));
}

/** Indexes of the occurrences, those nearest to the first one before the others. */
function orderOf(occurrences: readonly OccurrenceInContext[], order: ProbeOrder | undefined): number[] {
  const indexes = [...occurrences.keys()];
  return order ? indexes.sort((a, b) => Math.abs(a - order.first) - Math.abs(b - order.first)) : indexes;
}

/** As many of the jobs, from the first, as have no more tokens than that. */
function fitting(jobs: readonly (readonly [string, Job])[], tokens: number): (readonly [string, Job])[] {
  let sum = 0;
  const beyond = jobs.findIndex(([, job]) => (sum += job.tokens) > tokens);
  return beyond < 0 ? [...jobs] : jobs.slice(0, beyond);
}

async function runJobs(jobs: readonly Job[], plan: ProbePlan, { model, signal, progress }: ComputeContext): Promise<void> {
  const rows = jobs.flatMap((job) => job.sequences.map((sequence, index) => ({ job, index, sequence })));
  const states = [...new Set([0, model.info.layers, ...plan.probes.flatMap((probe) => probe.states)])];
  let done = 0;
  for (const batch of batchesByLength(rows.map(({ sequence }) => ({ tokens: sequence.tokens })))) {
    progress({ message: 'Comparing occurrences', done, total: rows.length });
    const inBatch = batch.map((index) => rows[index]!);
    const logitsAt = inBatch.flatMap(({ job, index, sequence }, row) =>
      job.wantsLogits(index) ? [{ row, token: sequence.mask }] : [],
    );
    const begin = performance.now();
    const outputs = await model.run(
      inBatch.map(({ sequence }) => ({ tokens: sequence.tokens })),
      { hidden: states, ...(logitsAt.length > 0 ? { logitsAt } : {}) },
      signal,
    );
    paceOf(model).learn(batch.length * inBatch.at(-1)!.sequence.tokens.length, performance.now() - begin);
    inBatch.forEach(({ job, index }, row) => {
      const place = logitsAt.findIndex((at) => at.row === row);
      job.take(index, outputs, row, place);
    });
    done += batch.length;
  }
}

/** One occurrence while its sequences are run, in whatever order. */
class Job {
  readonly sequences: readonly Sequence[];
  private readonly templates: readonly string[];
  private readonly vectors: (Float32Array | undefined)[];
  private contextual: Float32Array | undefined;
  private embedded: Float32Array | undefined;
  private likely: LikelyEntries | null = null;

  constructor(
    private readonly occurrence: OccurrenceInContext,
    parts: Parts,
    private readonly plan: ProbePlan,
    private readonly model: TransformerModel,
  ) {
    const templates = new Map<string, Template>([[keyOfTemplate(wordAlone), wordAlone]]);
    for (const { template } of plan.probes) templates.set(keyOfTemplate(template), template);
    if (model.info.hasMaskedLanguageHead) templates.set(keyOfTemplate(maskAlone), maskAlone);
    this.templates = [...templates.keys()];
    this.sequences = [...templates.values()].map((template) => sequenceOf(parts, template, model.tokenizer));
    this.vectors = plan.probes.map(() => undefined);
  }

  /** Of all sequences, unpadded. */
  get tokens(): number {
    return this.sequences.reduce((sum, { tokens }) => sum + tokens.length, 0);
  }

  wantsLogits(index: number): boolean {
    return this.model.info.hasMaskedLanguageHead && this.templates[index] === keyOfTemplate(maskAlone);
  }

  /** Takes what row `row` of a run says about sequence `index`; `place` is its row of logits, or −1. */
  take(index: number, outputs: ModelOutputs, row: number, place: number): void {
    const sequence = this.sequences[index]!;
    this.plan.probes.forEach((probe, i) => {
      if (keyOfTemplate(probe.template) === this.templates[index]) {
        this.vectors[i] = probeVector(probe, outputs, row, tokensOf(probe, sequence));
      }
    });
    if (this.templates[index] === keyOfTemplate(wordAlone)) {
      this.contextual = meanOfPieces(outputs.hidden.get(this.model.info.layers)!, row, sequence.word);
      this.embedded = meanOfPieces(outputs.hidden.get(0)!, row, sequence.word);
    }
    if (place >= 0) {
      const vocabulary = outputs.logits!.dims[1]!;
      const logits = outputs.logits!.data.subarray(place * vocabulary, (place + 1) * vocabulary);
      const { sentence, start, end } = this.occurrence;
      this.likely = likelyWords(logits, sentence.slice(start, end), this.model);
    }
  }

  result(): ProbedOccurrence {
    return {
      vectors: this.vectors.map((vector) => vector!),
      contextual: this.contextual!,
      embedded: this.embedded!,
      likely: this.likely,
    };
  }
}

/** Vector `[hidden]` of a probe that is read at some tokens of a row. */
export function probeVector({ states }: Pick<Probe, 'states'>, { hidden }: Pick<ModelOutputs, 'hidden'>, row: number, tokens: readonly number[]): Float32Array {
  return mean(states.map((state) => unit(meanOfPieces(hidden.get(state)!, row, tokens))));
}

/** Whether a probe is read of the word in its sentence as it stands. */
export function isOfWord({ at, template }: Probe): boolean {
  return at === 'word' && keyOfTemplate(template) === keyOfTemplate(wordAlone);
}

function tokensOf({ at }: Probe, { tokens, word, mask }: Sequence): readonly number[] {
  if (at === 'word') return word;
  if (at === 'mask') return [mask];
  return [...tokens.keys()].filter((index) => !word.includes(index));
}

function keyOfTemplate(template: Template): string {
  return template.join(' ');
}
