import { HeadlightError } from '../../errors';
import { batchesByLength } from '../batches';
import type { ComputeContext } from '../compute';
import type { Interventions, WriterInterventions } from '../interventions';
import type { ModelInput, ModelOutputs, OutputSelection } from '../model';
import type { Outcome, OutcomeScale } from './contract';
import { openClass } from './outcomes/class';
import { openNextSentence } from './outcomes/nextSentence';
import { openNextToken } from './outcomes/nextToken';
import { openVectors } from './outcomes/vectors';
import { openWord } from './outcomes/word';

/** One way to run an outcome's rows: with other ids or fewer tokens, or with interventions. */
export interface Variant {
  /** As many as the outcome has, in their order. Tokens are those of the outcome's own rows, of which some may lack. */
  readonly rows: readonly ModelInput[];
  /** Of an encoder–decoder, whose rows have none of their own: what is done while it reads and writes. */
  readonly writer?: WriterInterventions;
}

/** An outcome over a text that was read, to be measured under any number of variants. */
export interface OpenOutcome {
  readonly name: string;
  readonly scale: OutcomeScale;
  /** What the model reads where nothing is done to it. */
  readonly rows: readonly ModelInput[];
  /** By row: the tokens off whose vectors the outcome is read; none where that is not known, or where they are not of the row. */
  readonly readAt: readonly (readonly number[])[];
  /**
   * The outcome of each variant, in order; those of readers share runs.
   * @throws HeadlightError `cancelled` between runs, `run-failed` where what comes out is no number; as `TransformerModel.run`
   */
  measure(variants: readonly Variant[], onDone?: (done: number) => void): Promise<number[]>;
}

/**
 * Reads what an outcome is about.
 * @throws HeadlightError for what the model cannot be asked, as its own lens does
 */
export function openOutcome(outcome: Outcome, context: ComputeContext): OpenOutcome {
  switch (outcome.kind) {
    case 'word':
      return openWord(outcome, context);
    case 'nextSentence':
      return openNextSentence(outcome, context);
    case 'class':
      return openClass(outcome, context);
    case 'nextToken':
      return openNextToken(outcome, context);
    case 'cosine':
    case 'separation':
      return openVectors(outcome, context);
  }
}

/** The variant in which the same is done to every row. */
export function everywhere({ rows }: Pick<OpenOutcome, 'rows'>, interventions: Interventions): Variant {
  return { rows: rows.map((row) => ({ ...row, interventions })) };
}

/** An outcome of a model that reads all of its rows at once. */
export interface ReaderOutcome extends Pick<OpenOutcome, 'name' | 'scale' | 'rows' | 'readAt'> {
  /** What to fetch of rows that are run together. `place` finds a token of one of the outcome's own rows there. */
  readonly outputs: (rows: readonly PlacedRow[]) => OutputSelection;
  /** What a row says, from the outputs of its run. */
  readonly said: (outputs: ModelOutputs, row: PlacedRow, at: number) => Float32Array;
  /** The number, from what all rows of a variant say, in order. */
  readonly value: (said: readonly Float32Array[]) => number;
}

/** A row of a run that is a row of the outcome. */
export interface PlacedRow {
  /** Which row of the outcome. */
  readonly index: number;
  readonly input: ModelInput;
  /** Index in this row of a token of the outcome's own. @throws HeadlightError `out-of-range` where it was left out */
  readonly place: (token: number) => number;
}

/**
 * Makes an outcome out of what is asked of each row: rows of all variants go through the model together, by their length, and
 * a row that several share goes through it once.
 */
export function readerOutcome(reader: ReaderOutcome, { model, signal }: ComputeContext): OpenOutcome {
  const { name, readAt, rows, scale } = reader;
  return {
    name, readAt, rows, scale,
    measure: async (variants, onDone) => {
      const all = rows.flatMap((own, index) =>
        [...new Set(variants.map((variant) => variant.rows[index]!))].map((input): PlacedRow => ({ index, input, place: placeIn(own, input) })));
      const said = rows.map(() => new Map<ModelInput, Float32Array>());
      let done = 0;
      for (const batch of batchesOf(all.map(({ input }) => input))) {
        const run = batch.map((at) => all[at]!);
        const outputs = await model.run(run.map(({ input }) => input), reader.outputs(run), signal);
        run.forEach((one, row) => { said[one.index]!.set(one.input, reader.said(outputs, one, row)); });
        done += batch.length;
        onDone?.(Math.floor((done / all.length) * variants.length));
      }
      return variants.map((variant) => requireNumber(reader.value(variant.rows.map((input, index) => said[index]!.get(input)!)), name, model.info.name));
    },
  };
}

/** Rows of a run go on from the same state. */
function batchesOf(inputs: readonly ModelInput[]): number[][] {
  const states = new Set(inputs.map(({ resumed }) => resumed?.state));
  return [...states].flatMap((state) => {
    const own = inputs.map((_, index) => index).filter((index) => inputs[index]!.resumed?.state === state);
    return batchesByLength(own.map((index) => inputs[index]!)).map((batch) => batch.map((at) => own[at]!));
  });
}

function placeIn(own: ModelInput, input: ModelInput): (token: number) => number {
  return (token) => {
    if (input.tokens === own.tokens) return token;
    const place = input.tokens.indexOf(own.tokens[token]!);
    if (place >= 0) return place;
    throw new HeadlightError('out-of-range', `“${own.tokens[token]?.text ?? ''}” is what is measured, so it cannot be left out.`);
  };
}

/** @throws HeadlightError `run-failed` */
export function requireNumber(value: number, name: string, model: string): number {
  if (!Number.isNaN(value)) return value;
  throw new HeadlightError('run-failed', `${model} answers with no number (NaN) when ${name} is measured. Switch fewer heads off, or choose another device.`);
}
