import { HeadlightError } from '../../errors';
import { onlyUnknown } from '../../text/window';
import { batchesByLength } from '../batches';
import type { ComputeContext } from '../compute';
import type { TransformerModel } from '../model';
import { readWindow } from '../readText';
import { type Pooling, poolings } from './contract';

/** Vectors of texts that were read before, by text. */
export interface KeptVectors {
  /** `[pooling, state, hidden]`, one after the other. */
  get(text: string): Float32Array | undefined;
  /** Keeps vectors of texts; where that fails, the reading goes on without. */
  keep(vectors: readonly (readonly [string, Float32Array])[]): Promise<void>;
}

/**
 * Opens what is kept of vectors.
 * @param space which hidden states, in which ways
 * @param numbers of one text
 */
export type OpenKeptVectors = (space: string, numbers: number) => Promise<KeptVectors>;

/** What is read of each text: vectors of these hidden states, made in these ways. */
export interface WantedVectors {
  readonly states: readonly number[];
  readonly poolings: readonly Pooling[];
}

/** Vectors of texts, and what is to be said of how they were read. */
export interface TextVectors extends WantedVectors {
  /** `[text, pooling, state, hidden]` */
  readonly data: Float32Array;
  readonly cut: number;
  readonly unknown: number;
  readonly remembered: number;
}

/** Texts that are made into tokens at a time, between which the reader can stop. */
const textsAtOnce = 512;

/**
 * One vector a text, hidden state and pooling, all from one run of each text.
 * @throws HeadlightError `cancelled`
 */
export async function textVectors(texts: readonly string[], wanted: WantedVectors, open: OpenKeptVectors | null, { model, progress, signal }: ComputeContext): Promise<TextVectors> {
  const { hiddenSize } = model.info;
  const size = wanted.poolings.length * wanted.states.length * hiddenSize;
  const kept = open && (await open(`${wanted.states.join()} ${wanted.poolings.join()}`, size));
  const data = new Float32Array(texts.length * size);
  let [cut, unknown, remembered, done] = [0, 0, 0, 0];
  for (let from = 0; from < texts.length; from += textsAtOnce) {
    // Texts are made into tokens by this process: whoever wants to stop has to be heard.
    await new Promise(setImmediate);
    if (signal.aborted) throw new HeadlightError('cancelled', 'Training was cancelled.');
    const part = texts.slice(from, from + textsAtOnce).map((text) => ({ text, ...readWindow(model, { text }) }));
    cut += part.filter(({ windowed }) => windowed !== null).length;
    unknown += part.filter(({ tokens }) => onlyUnknown(tokens, model.tokenizer.unknownId)).length;
    const missing: number[] = [];
    part.forEach(({ text }, at) => {
      // A text of which no token is left, as of control characters alone, has the vector zero.
      const known = kept?.get(text);
      if (known?.length === size) {
        data.set(known, (from + at) * size);
        remembered++;
      } else if (part[at]!.tokens.length > 0) {
        missing.push(at);
      }
    });
    done += part.length - missing.length;
    const fresh: [string, Float32Array][] = [];
    for (const batch of batchesByLength(missing.map((at) => part[at]!))) {
      progress({ message: 'Reading the examples', done, total: texts.length });
      const rows = batch.map((index) => part[missing[index]!]!);
      const { hidden } = await model.run(rows, { hidden: wanted.states }, signal);
      batch.forEach((index, row) => {
        const at = missing[index]!;
        const own = data.subarray((from + at) * size, (from + at + 1) * size);
        let place = 0;
        for (const pooling of wanted.poolings) {
          for (const state of wanted.states) {
            pool(hidden.get(state)!, row, pooling === 'cls' ? 1 : rows[row]!.tokens.length, own.subarray(place, place + hiddenSize));
            place += hiddenSize;
          }
        }
        fresh.push([rows[row]!.text, own]);
      });
      done += batch.length;
    }
    await kept?.keep(fresh);
  }
  return { ...wanted, data, cut, unknown, remembered };
}

/** Mean of a row's first `count` tokens, of `[batch, token, hidden]`. */
function pool({ data, dims }: { readonly data: Float32Array; readonly dims: readonly number[] }, row: number, count: number, into: Float32Array): void {
  const [, width, size] = dims as [number, number, number];
  const from = row * width * size;
  if (count === 1) {
    into.set(data.subarray(from, from + size));
    return;
  }
  const sums = new Float64Array(size);
  for (let token = 0, at = from; token < count; token++) for (let i = 0; i < size; i++, at++) sums[i]! += data[at]!;
  for (let i = 0; i < size; i++) into[i] = sums[i]! / count;
}

/**
 * The ways in which a model's vectors can be made into one. The first token stands for the text only where it is a
 * special one that sees all others.
 */
export function possiblePoolings({ attention, tokenizer }: TransformerModel): Pooling[] {
  const [first] = tokenizer.encode('a').tokens;
  const hasFirst = first?.special === true && attention.every(({ kind }) => kind !== 'causal');
  return poolings.filter((pooling) => pooling === 'mean' || hasFirst);
}
