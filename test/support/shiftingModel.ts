import type { ModelInfo, ModelInput, ModelOutputs, OutputSelection, Tensor, TransformerModel } from '../../src/lenses/model';
import { fakeModel } from './fakeModel';

/**
 * A model that minds interventions and can be computed by hand: vectors are single numbers, at first the tokens' ids. In each
 * layer head 0 brings over the next token's number, and the others nothing: h′(t) = h(t) + h(t + 1). Its one class is a number,
 * the first token's last state: of two layers h(0) + 2 h(1) + h(2).
 */
export function shiftingModel(info: Partial<ModelInfo> = {}, onRun: (batch: readonly ModelInput[]) => void = () => undefined): TransformerModel {
  const model = fakeModel({ info: { hiddenSize: 1, labels: ['score'], problemType: 'regression', ...info } });
  return {
    ...model,
    run: (batch, outputs, signal) => {
      signal.throwIfAborted();
      onRun(batch);
      return Promise.resolve(run(batch, outputs, model.info));
    },
  };
}

function run(batch: readonly ModelInput[], outputs: OutputSelection, { heads, layers }: ModelInfo): ModelOutputs {
  const width = Math.max(...batch.map(({ tokens }) => tokens.length));
  const rows = batch.map((input) => statesOf(input, layers, heads));
  const tensor = (dims: readonly number[], values: readonly number[]): Tensor => ({ dims, data: Float32Array.from(values) });
  const padded = (values: readonly number[]): number[] => Array.from({ length: width }, (_, token) => values[token] ?? 0);
  return {
    attention: new Map(), queryKeyValue: new Map(), logits: null, nextSentence: null, embeddings: { word: null, position: null, segment: null },
    hidden: new Map((outputs.hidden ?? []).map((state) => [state, tensor([rows.length, width, 1], rows.flatMap((row) => padded(row.states[state]!)))])),
    headOutputs: new Map((outputs.headOutputs ?? []).map((layer) => [
      layer, tensor([rows.length, heads, width, 1], rows.flatMap((row) => row.heads[layer]!.flatMap(padded))),
    ])),
    classes: outputs.classes ? tensor([rows.length, 1], rows.map(({ states }) => states[layers]![0]!)) : null,
  };
}

function statesOf({ tokens, ids = tokens.map(({ id }) => id), interventions = {} }: ModelInput, layers: number, heads: number): { readonly states: number[][]; readonly heads: number[][][] } {
  const replaced = (state: number, values: readonly number[]): number[] => values.map((value, token) =>
    interventions.states?.find((one) => one.state === state && (one.token === null || one.token === token))?.by![0] ?? value);
  const states = [replaced(0, ids)];
  const outputs: number[][][] = [];
  for (let layer = 0; layer < layers; layer++) {
    const before = states[layer]!;
    const made = Array.from({ length: heads }, (_, head) => before.map((_, token) =>
      interventions.heads?.find((one) => one.layer === layer && one.head === head && (one.token === null || one.token === token))?.by![0] ?? (head === 0 ? before[token + 1] ?? 0 : 0)));
    outputs.push(made);
    states.push(replaced(layer + 1, before.map((value, token) => made.reduce((sum, head) => sum + head[token]!, value))));
  }
  return { states, heads: outputs };
}
