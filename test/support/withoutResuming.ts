import type { TransformerModel } from '../../src/lenses/model';

/** The same model, each run of which goes through all layers. */
export function withoutResuming(model: TransformerModel): TransformerModel {
  const { info, attention, tokenizer, folder, fingerprint, writer, decoder } = model;
  return { info, attention, tokenizer, folder, fingerprint, writer, decoder, run: (...args) => model.run(...args) };
}
