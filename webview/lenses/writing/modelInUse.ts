import type { ModelTask } from '../../../src/lenses/model';
import type { ListedModel } from '../../../src/panel/contract';

/** The models that come with Headlight and write. */
const builtIn = { translation: 'translator', continuation: 'decoder' } as const;

/**
 * The model that a view asks which shows one write: the reader's choice, else the one that the settings name, if it
 * does that, else the built-in one.
 */
export function modelInUse(task: Exclude<ModelTask, 'reading'>, models: readonly ListedModel[], chosen: string | null): string {
  return chosen ?? models.find((model) => model.inForce && model.task === task)?.id ?? builtIn[task];
}
