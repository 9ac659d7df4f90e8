import { HeadlightError } from '../../errors';
import { type AttentionPart, attentionParts } from '../attention/contract';
import { partNames, partsOf, sizeOf } from '../attention/parts';
import type { ComputeContext } from '../compute';
import { amongKept, type HeadIntervention, type Interventions, joined } from '../interventions';
import type { ModelInput, ModelOutputs, OutputSelection, Tensor, TransformerModel } from '../model';
import { placesInWhole } from '../remainder';
import type { Switches } from './contract';
import { switchedInfo } from './describe';
import { headMeans } from './headMeans';
import { OwnText, sidesOf } from './ownText';
import { spreadOut } from './spreadOut';
import { givenDecoder, writerAnew, writerOn } from './switchedWriter';

/** What is done to any text, by part. */
export type ByPart = Readonly<Record<AttentionPart, Interventions>>;

/**
 * A model with some of it off, which answers all that the model does.
 * @param context with a model that was opened for interventions
 * @throws HeadlightError `cannot-intervene` for what the model does not have
 */
export async function switchedModel(switches: Switches, context: ComputeContext): Promise<TransformerModel> {
  const { model } = context;
  requireParts(switches, model);
  const found = attentionParts.map(async (part) => [part, await interventionsIn(part, switches, context)] as const);
  const always = Object.fromEntries(await Promise.all(found)) as unknown as ByPart;
  const text = new OwnText(switches);
  const { info, attention, tokenizer, folder, fingerprint, writer, decoder, resumes } = model;
  const writesOn = info.writes?.task === 'continuation';
  return {
    info: switchedInfo(info, switches),
    attention, tokenizer, folder, fingerprint, ...(resumes && { resumes }),
    writer: writer && (writesOn ? writerOn(writer, text, always) : writerAnew(writer, text, always)),
    decoder: decoder && givenDecoder(decoder, text, always),
    run: (batch, outputs, signal) => runReader(model, writesOn ? 'decoder' : 'encoder', batch, outputs, text, always, signal),
  };
}

/** @throws HeadlightError `cannot-intervene` */
function requireParts({ heads, layers, edges }: Switches, { info }: TransformerModel): void {
  const parts = partsOf(info);
  if (parts.length === 0 || info.writes?.looksBy === 'alignment') {
    throw new HeadlightError('cannot-intervene', `${info.name} has no heads that could be switched off. Choose a transformer, such as the built-in encoder.`);
  }
  const named = [
    ...heads,
    ...layers.map(({ part, layer }) => ({ part, layer, head: 0 })),
    ...edges.map(({ part, layer, head }) => ({ part, layer: layer ?? 0, head: head ?? 0 })),
  ];
  for (const { part, layer, head } of named) {
    const size = sizeOf(info, part);
    if (size.layers === 0) throw new HeadlightError('cannot-intervene', `${info.name} has no ${partNames[part]}. Switch all on again.`);
    if (layer >= 0 && layer < size.layers && head >= 0 && head < size.heads) continue;
    throw new HeadlightError('cannot-intervene', `${info.name} has no head ${layer}.${head}, but ${size.layers} layers of ${size.heads} heads. Switch all on again.`);
  }
}

/** What is done in a part of the model to any text. */
async function interventionsIn(part: AttentionPart, switches: Switches, context: ComputeContext): Promise<Interventions> {
  const off = switches.heads.filter((head) => head.part === part);
  const means = off.length > 0 && switches.ablation === 'mean' ? await headMeans(context, part) : null;
  return {
    heads: off.map(({ layer, head }): HeadIntervention => ({ layer, head, token: null, by: means?.[layer]?.[head] ?? null })),
    skipped: switches.layers.filter((layer) => layer.part === part).map(({ layer }) => layer),
    withoutPositions: part !== 'cross' && switches.withoutPositions,
  };
}

/** A row as it is read: its own text with what is done to that. */
interface ReadRow {
  readonly input: ModelInput;
  /** Tokens of the row that are read. */
  readonly kept: readonly number[];
}

async function runReader(
  model: TransformerModel, part: AttentionPart, batch: readonly ModelInput[], outputs: OutputSelection, text: OwnText, always: ByPart, signal: AbortSignal,
): Promise<ModelOutputs> {
  const rows = batch.map((input) => readRow(input, part, text, always[part]));
  const width = Math.max(...batch.map(({ tokens }) => tokens.length));
  if (rows.every(({ kept }, row) => kept.length === batch[row]!.tokens.length)) return model.run(rows.map(({ input }) => input), outputs, signal);
  const logitsAt = outputs.logitsAt?.map((place) => {
    const token = rows[place.row]!.kept.indexOf(place.token);
    if (token >= 0) return { ...place, token };
    throw new HeadlightError('out-of-range', `The token “${batch[place.row]!.tokens[place.token]?.text ?? ''}” is deleted by a switch, so nothing can be asked of it. Switch it on again.`);
  });
  const found = await model.run(rows.map(({ input }) => input), { ...outputs, ...(logitsAt && { logitsAt }) }, signal);
  const kept = rows.map((row) => row.kept);
  const spread = (tensor: Tensor, ...axes: readonly number[]): Tensor => spreadOut(tensor, axes, kept, width);
  const each = <T, R>(values: ReadonlyMap<number, T>, of: (value: T) => R): ReadonlyMap<number, R> => new Map([...values].map(([index, value]) => [index, of(value)]));
  const { word, position, segment } = found.embeddings;
  return {
    ...found,
    attention: each(found.attention, (tensor) => spread(tensor, 2, 3)),
    hidden: each(found.hidden, (tensor) => spread(tensor, 1)),
    queryKeyValue: each(found.queryKeyValue, ({ query, key, value }) => ({ query: spread(query, 2), key: spread(key, 2), value: spread(value, 2) })),
    headOutputs: each(found.headOutputs, (tensor) => spread(tensor, 2)),
    embeddings: { word: word && spread(word, 1), position: position && spread(position, 1), segment: segment && spread(segment, 1) },
  };
}

function readRow(input: ModelInput, part: AttentionPart, text: OwnText, always: Interventions): ReadRow {
  const { tokens, ids, resumed, whole = tokens } = input;
  const all = Array.from({ length: tokens.length }, (_, token) => token);
  if (!text.is(whole.map(({ id }) => id))) return { input: { ...input, interventions: joined(always, input.interventions) }, kept: all };
  const places = placesInWhole(input);
  const kept = all.filter((token) => !text.isDeleted(places[token]!));
  const edges = text.edges(part, sidesOf(part, true), kept.map((token) => places[token]!));
  return {
    kept,
    input: {
      tokens: kept.map((token) => tokens[token]!),
      // What the lens puts in a token's place, such as a mask, it asks about.
      ids: kept.map((token) => (ids && ids[token] !== tokens[token]!.id ? ids[token]! : text.idAt(places[token]!, tokens[token]!.id))),
      interventions: joined({ ...always, edges }, amongKept(input.interventions, kept)),
      ...(resumed && { resumed: { ...resumed, vectors: rowsOf(resumed.vectors, tokens.length, kept) } }),
    },
  };
}

/** Some rows of `[token, hidden]`. */
function rowsOf(vectors: Float32Array, tokens: number, kept: readonly number[]): Float32Array {
  const size = vectors.length / tokens;
  const rows = new Float32Array(kept.length * size);
  kept.forEach((token, row) => { rows.set(vectors.subarray(token * size, (token + 1) * size), row * size); });
  return rows;
}
