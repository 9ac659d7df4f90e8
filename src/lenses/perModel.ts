import type { TransformerModel } from './model';

/** State that a lens keeps for each loaded model, created at first use and dropped with the model. */
export function perModel<T>(create: () => T): (model: TransformerModel) => T {
  const states = new WeakMap<TransformerModel, T>();
  return (model) => {
    let state = states.get(model);
    if (state === undefined) {
      state = create();
      states.set(model, state);
    }
    return state;
  };
}
