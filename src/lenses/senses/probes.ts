import { mean, unit } from '../../math/vector';
import { softmax } from '../../math/softmax';
import { batchesByLength } from '../batches';
import type { ComputeContext } from '../compute';
import { LruCache } from '../lruCache';
import type { ModelOutputs, TransformerModel } from '../model';
import { perModel } from '../perModel';
import { meanOfPieces } from '../wordInContext';
import type { OccurrenceInContext } from './contract';
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

/** Occurrences remembered per model, so that a second hover in a document has little left to run. */
const rememberedOccurrences = 1000;

const remembered = perModel(() => new LruCache<string, ProbedOccurrence | null>(rememberedOccurrences));

const wordAlone: Template = ['W'];
const maskAlone: Template = ['M'];

/** Probes each occurrence; null for one that the model cannot read. */
export async function probeOccurrences(
  occurrences: readonly OccurrenceInContext[],
  plan: ProbePlan,
  context: ComputeContext,
): Promise<(ProbedOccurrence | null)[]> {
  const { model, signal, progress } = context;
  const known = remembered(model);
  const results = new Map<string, ProbedOccurrence | null>();
  const jobs: Job[] = [];
  for (const occurrence of occurrences) {
    const key = keyOf(occurrence);
    if (results.has(key)) continue;
    const before = known.get(key);
    results.set(key, before ?? null);
    if (before !== undefined) continue;
    const parts = partsOf(occurrence, model.tokenizer, plan.limits);
    if (parts) jobs.push(new Job(key, occurrence, parts, plan, model));
    else known.set(key, null);
  }

  const rows = jobs.flatMap((job) => job.sequences.map((sequence, index) => ({ job, index, sequence })));
  const states = [...new Set([0, model.info.layers, ...plan.probes.flatMap((probe) => probe.states)])];
  let done = 0;
  for (const batch of batchesByLength(rows.map(({ sequence }) => ({ tokens: sequence.tokens })))) {
    progress({ message: 'Comparing occurrences', done, total: rows.length });
    const inBatch = batch.map((index) => rows[index]!);
    const logitsAt = inBatch.flatMap(({ job, index, sequence }, row) =>
      job.wantsLogits(index) ? [{ row, token: sequence.mask }] : [],
    );
    const outputs = await model.run(
      inBatch.map(({ sequence }) => ({ tokens: sequence.tokens })),
      { hidden: states, ...(logitsAt.length > 0 ? { logitsAt } : {}) },
      signal,
    );
    inBatch.forEach(({ job, index }, row) => {
      const place = logitsAt.findIndex((at) => at.row === row);
      job.take(index, outputs, row, place);
    });
    done += batch.length;
  }
  for (const job of jobs) {
    results.set(job.key, job.result());
    known.set(job.key, job.result());
  }
  return occurrences.map((occurrence) => results.get(keyOf(occurrence))!);
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
    readonly key: string,
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

  wantsLogits(index: number): boolean {
    return this.model.info.hasMaskedLanguageHead && this.templates[index] === keyOfTemplate(maskAlone);
  }

  /** Takes what row `row` of a run says about sequence `index`; `place` is its row of logits, or −1. */
  take(index: number, outputs: ModelOutputs, row: number, place: number): void {
    const sequence = this.sequences[index]!;
    this.plan.probes.forEach((probe, i) => {
      if (keyOfTemplate(probe.template) === this.templates[index]) {
        const tokens = tokensOf(probe, sequence);
        this.vectors[i] = mean(probe.states.map((state) => unit(meanOfPieces(outputs.hidden.get(state)!, row, tokens))));
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
      this.likely = likelyWords(softmax(logits), sentence.slice(start, end), this.model);
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

function tokensOf({ at }: Probe, { tokens, word, mask }: Sequence): readonly number[] {
  if (at === 'word') return word;
  if (at === 'mask') return [mask];
  return [...tokens.keys()].filter((index) => !word.includes(index));
}

function keyOfTemplate(template: Template): string {
  return template.join(' ');
}

function keyOf({ sentence, start, end }: OccurrenceInContext): string {
  return `${start} ${end} ${sentence}`;
}
