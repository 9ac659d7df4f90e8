import type { Writer } from '../../lenses/writer';

/** A writer that holds native memory until it is disposed of. */
export type ModelWriter = Writer & { dispose(): Promise<void> };
