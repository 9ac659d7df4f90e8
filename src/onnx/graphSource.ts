import { HeadlightError } from '../errors';

/** Part of a weight file, by the name that the graph uses. @throws HeadlightError where the file does not hold it */
export type ReadWeights = (location: string, offset: number, length: number) => Uint8Array;

/** A serialized `ModelProto` whose large weights may lie in files, and the way to them. */
export interface GraphSource {
  readonly bytes: Uint8Array;
  readonly readWeights: ReadWeights;
}

/** A graph without weights in files. */
export function inMemory(bytes: Uint8Array): GraphSource {
  return {
    bytes,
    readWeights: (location) => {
      throw new HeadlightError('model-broken', `The graph names the weight file "${location}", which is not at hand.`);
    },
  };
}
