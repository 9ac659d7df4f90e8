import { poolings, type Pooling, type TrainedClassifier, type TrainingChoices } from '../../../src/lenses/training/contract';
import type { SavedModel } from '../../../src/panel/contract';

/** What the view remembers: training takes long, so that its result outlives the page. */
export interface TrainingState {
  readonly choices: TrainingChoices;
  /** The run of the command that was begun last. */
  readonly started: string | null;
  /** The file that `trained` is of. */
  readonly uri: string | null;
  readonly trained: TrainedClassifier | null;
  readonly saved: SavedModel | null;
}

export const initialState: TrainingState = { choices: { pooling: 'mean', layer: -1, seed: 1 }, started: null, uri: null, trained: null, saved: null };

/** The state from what was remembered, which may be of another version. */
export function restored(saved: unknown): TrainingState {
  if (typeof saved !== 'object' || saved === null) return initialState;
  const { choices, saved: model, started, trained, uri } = saved as Partial<Record<keyof TrainingState, unknown>>;
  const { layer, pooling, seed } = (choices ?? {}) as Partial<Record<keyof TrainingChoices, unknown>>;
  const isTrained = typeof trained === 'object' && trained !== null && 'figures' in trained && 'head' in trained;
  return {
    choices: {
      pooling: poolings.find((one): one is Pooling => one === pooling) ?? initialState.choices.pooling,
      layer: typeof layer === 'number' ? layer : initialState.choices.layer,
      seed: typeof seed === 'number' ? seed : initialState.choices.seed,
    },
    started: typeof started === 'string' ? started : null,
    uri: typeof uri === 'string' && isTrained ? uri : null,
    trained: isTrained ? (trained as TrainedClassifier) : null,
    saved: typeof model === 'object' && model !== null && 'id' in model ? (model as SavedModel) : null,
  };
}
