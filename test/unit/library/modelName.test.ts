import { expect, it } from 'vitest';
import { modelName } from '../../../src/library/modelName';

it.each([
  ['encoder', 'encoder'],
  ['/m/bert', 'bert'],
  ['C:\\models\\bert\\', 'bert'],
  ['/m/bert/onnx/model.onnx', 'bert'],
  ['/m/bert/onnx/model_q4.onnx', 'bert (q4)'],
  ['/m/t5/decoder_model_merged_quantized.onnx', 't5 (q8)'],
  ['/m/mine/bert.onnx', 'mine (bert.onnx)'],
  ['/h/hub/models--Xenova--bert-base-uncased/snapshots/0123abcd', 'Xenova/bert-base-uncased'],
  ['/h/hub/models--Xenova--bert-base-uncased/snapshots/0123abcd/onnx/model_fp16.onnx', 'Xenova/bert-base-uncased (fp16)'],
  ['/h/hub/models--gpt2/snapshots/0123abcd', 'gpt2'],
])('%s is called %s', (model, name) => {
  expect(modelName(model)).toBe(name);
});
