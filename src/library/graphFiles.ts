import { join } from 'node:path';
import { HeadlightError } from '../errors';
import { exists } from './files';
import { missingGraph } from './missingGraph';

/** Where the graphs of a model lie, by what they do. */
export interface GraphFiles {
  /** The whole model, the encoder of one that has one, or the decoder that reads all tokens at once. */
  readonly reads: string;
  /** Writes, where that is another file than the one that reads. */
  readonly writes: string | null;
  /** Writes on from keys and values of earlier tokens; may be the same file (merged). */
  readonly writesOn: string | null;
  /** Reads as a decoder does: `reads` is a decoder's graph by its name. */
  readonly isDecoder: boolean;
}

const [whole, encoder, decoder, following, merged] = [
  'model.onnx', 'encoder_model.onnx', 'decoder_model.onnx', 'decoder_with_past_model.onnx', 'decoder_model_merged.onnx',
] as const;
const places = ['', 'onnx'];

/**
 * Finds the graphs in the layouts of Optimum's exports, in the folder or in `onnx/` below it.
 * @throws HeadlightError `model-missing` that names the file that is not there
 */
export async function findGraphFiles(folder: string): Promise<GraphFiles> {
  const find = async (file: string): Promise<string | null> => {
    for (const place of places) if (await exists(join(folder, place, file))) return join(folder, place, file);
    return null;
  };
  const [single, reads, first, next, both] = await Promise.all([whole, encoder, decoder, following, merged].map(find)) as [
    string | null, string | null, string | null, string | null, string | null,
  ];
  if (single !== null) return { reads: single, writes: null, writesOn: null, isDecoder: false };
  const writes = first ?? both;
  const writesOn = first === null ? both : next;
  if (reads !== null && writes !== null) return { reads, writes, writesOn, isDecoder: false };
  if (writes !== null) return { reads: writes, writes: null, writesOn, isDecoder: true };
  if (reads !== null || next !== null) {
    throw new HeadlightError(
      'model-missing',
      `${folder} holds ${reads === null ? following : encoder}, but no ${decoder} or ${merged}, without which nothing can be written. ` +
        `Copy that file too, or export the model again (optimum-cli export onnx --model NAME ${folder}).`,
    );
  }
  throw await missingGraph(folder, `${whole} or ${join('onnx', whole)}, nor an ${encoder} with a ${decoder}`);
}
