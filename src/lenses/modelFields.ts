import type { ModelInfo } from './model';
import type { Switches } from './whatIf/contract';

/** Which model numbers are of, as the JSON files that are saved say it. */
export interface ModelFields {
  readonly model: string;
  readonly device: string;
  /** Absent where all is on. */
  readonly switches?: Switches;
}

export function modelFields({ id, device, switches }: ModelInfo): ModelFields {
  return { model: id, device, ...(switches && { switches }) };
}
