import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/engine/loadModel';
import type { ModelInput } from '../../src/lenses/model';
import { readModelFolder } from '../../src/library/modelFolder';
import { graphShape } from '../../src/library/graphShape';
import { instrument } from '../../src/onnx/instrument';
import { committedFamilies, unpacked } from '../support/families';
import { largestDifference } from '../support/golden';

const root = join(import.meta.dirname, '..', '..');
const models = join(root, 'test', 'fixtures', 'models');
const { signal } = new AbortController();

describe('logits for which the last layer leaves out the other tokens equal those of whole runs', () => {
  for (const [name, folder, narrows] of [
    ['bert-tiny', join(models, 'bert-tiny'), true],
    ['bert-tiny-dynamo', join(models, 'bert-tiny-dynamo'), true],
    ['bert-tiny-opset14', join(models, 'bert-tiny-opset14'), true],
    ['distilbert-tiny', join(models, 'distilbert-tiny'), true],
    ['roberta-tiny', join(models, 'roberta-tiny'), true],
    ['the built-in encoder', join(root, 'models', 'encoder'), true],
    ['bert in fp16', unpacked(committedFamilies, 'bert--optimum-eager-18-fp16'), true],
    ['llama', unpacked(committedFamilies, 'llama--genai-eager-22-fp32'), true],
    ['xlm-roberta', unpacked(committedFamilies, 'xlm-roberta--optimum-eager-18-fp32'), true],
    // Whose products are no plain ones, or put apart: these go on as they did.
    ['gpt2-tiny', join(models, 'gpt2-tiny'), false],
    ['bert in four bits', unpacked(committedFamilies, 'bert--optimum-eager-18-q4'), false],
    ['modernbert', unpacked(committedFamilies, 'modernbert--optimum-eager-18-fp32'), false],
  ] as const) {
    it(`of ${name}`, async () => {
      const files = await readModelFolder(folder);
      const { config } = files;
      expect(instrument(files.graph, graphShape(config, config.heads), files.isDecoder, true, true).intervened?.narrows).toBe(narrows);
      const model = await loadModel({ model: folder, device: 'cpu', intervenes: true, resumes: true }, { builtInModels: join(root, 'models'), storage: null }, signal);
      try {
        const { layers } = model.info;
        const tokens = ['The cow jumped over the moon.', 'They saw it.'].map((text) => model.tokenizer.encode(text).tokens);
        const logitsAt = [{ row: 1, token: 2 }, { row: 0, token: tokens[0]!.length - 1 }, { row: 0, token: 1 }];
        const compare = async (rows: readonly ModelInput[]): Promise<void> => {
          const narrowed = await model.run(rows, { logitsAt }, signal);
          // Whoever asks for the last hidden state gets that of all tokens.
          const whole = await model.run(rows, { logitsAt, hidden: [layers] }, signal);
          expect(whole.hidden.get(layers)!.dims.slice(0, 2)).toEqual([2, tokens[0]!.length]);
          expect(narrowed.logits!.dims).toEqual(whole.logits!.dims);
          expect(largestDifference(narrowed.logits!.data, whole.logits!.data)).toBeLessThan(1e-5);
        };
        const plain = tokens.map((own) => ({ tokens: own }));
        await compare(plain);
        await compare(plain.map((row, index) => ({ ...row, interventions: { heads: [{ layer: layers - 1, head: index, token: null, by: null }] } })));
        await compare(plain.map((row) => ({ ...row, interventions: { skipped: [layers - 1] } })));
        const zeros = new Float32Array(model.info.hiddenSize);
        if (!model.info.writes) await compare(plain.map((row) => ({ ...row, interventions: { states: [{ state: layers, token: 1, by: zeros }] } })));
      } finally {
        await model.dispose();
      }
    });
  }
});
