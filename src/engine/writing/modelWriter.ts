import type { Writer } from '../../lenses/writer';
import type { OnnxSession } from '../session/onnxSession';

/** A writer that holds native memory until it is disposed of. */
export type ModelWriter = Writer & {
  /** Those of `sessions` that it shares with the part that reads are not disposed of here. */
  readonly sessions: readonly OnnxSession[];
  dispose(): Promise<void>;
};

/** Bytes that sessions hold, each counted once. */
export function bytesOf(sessions: readonly OnnxSession[]): number {
  return [...new Set(sessions)].reduce((sum, { bytes }) => sum + bytes, 0);
}
