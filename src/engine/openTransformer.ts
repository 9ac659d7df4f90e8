import { HeadlightError } from '../errors';
import type { DeviceName, ModelInfo, WritingInfo } from '../lenses/model';
import type { GraphFile } from '../library/graphFile';
import { classifierOf } from '../library/classifierConfig';
import { graphShape } from '../library/graphShape';
import { type InstrumentedGraph, instrument } from '../onnx/instrument';
import { type InstrumentedDecoder, instrumentDecoder } from '../onnx/instrumentDecoder';
import { sayLimit } from '../onnx/limit';
import { commonInfo, type ModelSource, type OpenModel, writingWindow } from './opened';
import { unknownInputs } from './session/feeds';
import { OnnxModel } from './session/onnxModel';
import { OnnxSession, type OpenableGraph } from './session/onnxSession';
import { TransformerDecoder } from './writing/transformerDecoder';
import { type DecoderPart, handsOn, TransformerWriter, unknownDecoderInputs } from './writing/transformerWriter';
import { writerThreads } from './writing/writerThreads';

/** A graph, and what the runtime needs of it. */
interface Prepared<T> extends OpenableGraph {
  /** Without its bytes, which are let go once the runtime holds them. */
  readonly graph: Omit<T, 'bytes'>;
}

/**
 * Makes the graphs of a transformer such that can be looked into: one that reads, and where there is a decoder beside
 * it, or a cache of keys and values, those that write.
 */
export function prepareTransformer(source: ModelSource): OpenModel {
  const { files, target: { intervenes: changes = false, resumes = false } } = source;
  const shape = graphShape(files.config, files.config.heads);
  const decoderShape = graphShape(files.config, files.config.decoderHeads ?? files.config.heads);
  const prepared = <T extends { readonly bytes: Uint8Array }>({ bytes, ...graph }: T, { weightsFolder, size }: GraphFile): Prepared<T> => ({
    graph, bytes, weightsFolder, size: Math.max(size, bytes.length),
  });
  const reader = prepared(instrument(files.graph, shape, files.isDecoder, changes, resumes), files.graph);
  requireFillable(unknownInputs(reader.graph.inputs));
  const decoder = files.decoder && prepared(instrumentDecoder(files.decoder, decoderShape, false, changes), files.decoder);
  const further = files.following && prepared(instrumentDecoder(files.following, decoderShape, true, changes), files.following);
  // Without keys and values to begin with, all is read anew at each token.
  const following = further && handsOn((decoder ?? reader).graph, further.graph) ? further : null;
  for (const part of [decoder, following]) requireFillable(part ? unknownDecoderInputs(part.graph) : []);
  const writes = decoder !== null || reader.graph.lastRows !== null;
  const info = writes ? writingInfo(source, decoder?.graph ?? reader.graph, decoder !== null, following !== null) : null;

  return async (device) => {
    const open = (graph: OpenableGraph, threads?: number): Promise<OnnxSession> => OnnxSession.open(graph, device, threads);
    const session = await open(reader);
    const partOf = async (part: Prepared<InstrumentedDecoder> | null): Promise<DecoderPart | null> =>
      part && { session: await open(part, writerThreads(part.size)), graph: part.graph };
    const own: DecoderPart = { session, graph: decoderGraphOf(reader.graph) };
    const [first, next] = [await partOf(decoder), await partOf(following)];
    const parts = {
      encoder: first && { session, inputs: reader.graph.inputs, intervened: reader.graph.intervened },
      first: first ?? own,
      following: next ?? (decoder === null && reader.graph.past.length > 0 ? own : null),
    };
    const { config, writing } = files;
    const writer = info && new TransformerWriter(writing, config.vocabulary, config.padId ?? source.tokenizer.padId, parts, session);
    const whole = decoder?.graph.whole;
    const looked = whole && info && writer && new TransformerDecoder(files.name, info.heads, whole, decoder.graph.limits.map(sayLimit), writer);
    return {
      device,
      model: (reason) => new OnnxModel(describe(source, reader.graph, info, device, reason), source.tokenizer, files.folder, files.fingerprint, reader.graph, session, writer, looked ?? null, source.wordThread),
    };
  };
}

/** The graph of a decoder stack, which reads and writes. */
function decoderGraphOf(graph: Omit<InstrumentedGraph, 'bytes'>): DecoderPart['graph'] {
  const { attention, inputs, intervened, lastRows, logits, past, present } = graph;
  return {
    inputs, past, present, intervened,
    logits: logits ?? { name: 'logits', atPositions: false, everyState: false },
    layers: attention.length,
    lastSelf: lastRows,
    lastCross: null,
  };
}

function writingInfo(source: ModelSource, graph: Omit<InstrumentedDecoder, 'bytes'> | Omit<InstrumentedGraph, 'bytes'>, translates: boolean, hasFollowing: boolean): WritingInfo {
  const { config } = source.files;
  const layers = 'layers' in graph ? graph.layers : graph.attention.length;
  return {
    task: translates ? 'translation' : 'continuation',
    looksBy: translates ? 'attention' : null,
    layers,
    heads: layers === 0 ? 0 : ((translates ? config.decoderHeads : null) ?? config.heads ?? 0),
    window: translates ? writingWindow(source.files) : (config.window ?? writingWindow(source.files)),
    cached: hasFollowing || graph.past.length > 0,
    everyState: graph.logits?.everyState ?? false,
  };
}

function describe(source: ModelSource, graph: Omit<InstrumentedGraph, 'bytes'>, writes: WritingInfo | null, device: DeviceName, deviceReason: string): ModelInfo {
  const { config, folder } = source.files;
  const layers = graph.attention.length;
  const heads = layers === 0 ? 0 : config.heads;
  if (heads === null || config.hiddenSize === null) {
    throw new HeadlightError(
      'model-broken',
      `config.json in ${folder} states no number of heads or no hidden size. Copy the config.json that the model was trained with.`,
    );
  }
  const common = commonInfo(source, device, deviceReason);
  return {
    ...common,
    layers,
    heads,
    hiddenSize: config.hiddenSize,
    window: writes?.task === 'translation' ? writes.window : common.window,
    hasMaskedLanguageHead: graph.logits !== null && source.tokenizer.maskToken !== null,
    hasNextSentenceHead: graph.nextSentence !== null,
    ...classifierOf(config, graph.classes),
    writes,
    limits: graph.limits.map(sayLimit),
  };
}

function requireFillable(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new HeadlightError(
    'cannot-instrument',
    `The model needs the input ${unknown.join(', ')}, which Headlight cannot fill. Export it with Optimum as an encoder, a decoder or both.`,
  );
}
