import { HeadlightError } from '../errors';
import type { ModelInfo } from '../lenses/model';
import type { GraphFile } from '../library/graphFile';
import { decodeModel } from '../onnx/decode';
import { dequantizeWeights } from '../onnx/dequantize';
import { encodeModel } from '../onnx/encode';
import { commonInfo, type ModelSource, type OpenModel, writingWindow } from './opened';
import { OnnxSession, type OpenableGraph } from './session/onnxSession';
import { RecurrentModel } from './writing/recurrentModel';
import { RecurrentWriter } from './writing/recurrentWriter';
import { writerThreads } from './writing/writerThreads';

/** Reads the graphs of an LSTM encoder and decoder, which have no heads to look into but may align words. */
export function prepareRecurrent(source: ModelSource): OpenModel {
  const { decoder, graph, config, writing } = source.files;
  if (decoder === null) throw new HeadlightError('model-missing', `${source.files.folder} holds no decoder_model.onnx. Copy that file too.`);
  const [reads, writes] = [fp32(graph), fp32(decoder)];
  return async (device) => {
    const open = (graph: OpenableGraph): Promise<OnnxSession> => OnnxSession.open(graph, device, writerThreads(graph.size));
    const [encoder, writer] = [await open(reads), await open(writes)];
    const own = new RecurrentWriter(writing, config.vocabulary, config.padId ?? source.tokenizer.padId, encoder, writer);
    const window = writingWindow(source.files);
    return {
      device,
      model: (reason) => {
        const info: ModelInfo = {
          ...commonInfo(source, device, reason),
          layers: 0,
          heads: 0,
          hiddenSize: config.hiddenSize ?? 0,
          window,
          hasMaskedLanguageHead: false,
          hasNextSentenceHead: false,
          labels: null,
          problemType: null,
          writes: {
            task: 'translation', looksBy: own.thoughts ? 'vector' : 'alignment', layers: 0, heads: 0, window, cached: true, everyState: false,
          },
          limits: [],
        };
        return new RecurrentModel(info, source.tokenizer, source.files.folder, source.files.fingerprint, own);
      },
    };
  };
}

/** All devices shall compute with the same numbers. */
function fp32({ bytes, readWeights, weightsFolder, size }: GraphFile): OpenableGraph {
  const model = decodeModel(bytes);
  dequantizeWeights(model.graph, readWeights);
  return { bytes: encodeModel(model), weightsFolder, size };
}
