import type { WordsInput } from '../../lenses/model';
import { piecesInput } from '../../onnx/wordGraph';
import { feedsFor } from './feeds';
import type { IntegerFeed } from './onnxSession';

/** Inputs of a run of a word graph: the tokens, and the places of the pieces of all words. */
export function wordFeeds(inputs: readonly string[], batch: readonly WordsInput[], padId: number): Record<string, IntegerFeed> {
  const width = Math.max(...batch.map(({ tokens }) => tokens.length));
  const words = batch.flatMap((row, index) => row.words.map((pieces) => pieces.map((piece) => index * width + piece)));
  const most = Math.max(...words.map(({ length }) => length));
  const pieces = { dims: [words.length, most], values: words.flatMap((places) => Array.from({ length: most }, (_, at) => places[at] ?? -1)) };
  return { ...feedsFor(inputs, batch, padId, []), [piecesInput]: pieces };
}
