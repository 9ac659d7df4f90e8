import type { ModelInfo } from '../lenses/model';
import type { HeldModel } from './modelCache';

/** State of the engine process as its client sees it. */
export interface EngineClientStatus {
  readonly state: 'idle' | 'loading' | 'ready' | 'working' | 'failed';
  /** What is loading, or what failed; empty otherwise. */
  readonly detail: string;
  /** The model of the latest answer. */
  readonly model: ModelInfo | null;
  /** The models in memory, the least recently used first. */
  readonly held: readonly HeldModel[];
}
