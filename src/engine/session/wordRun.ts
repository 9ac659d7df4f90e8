import type { ModelInput, WordRun, WordsInput } from '../../lenses/model';
import { readModelFolder } from '../../library/modelFolder';
import { piecesInput, wordGraph, type WordGraphProbe, wordVectors } from '../../onnx/wordGraph';
import { feedsFor } from './feeds';
import { type IntegerFeed, OnnxSession } from './onnxSession';

/** A session that makes vectors of words on the cpu, in integers as far as the model's file has its weights in eight bits. */
export interface WordSession {
  readonly run: WordRun;
  dispose(): Promise<void>;
}

/**
 * Null where the file stores its weights otherwise, or has changed since the model was loaded.
 * @throws HeadlightError for a file that cannot be read
 */
export async function openWordSession(folder: string, fingerprint: string, probe: WordGraphProbe, padId: number): Promise<WordSession | null> {
  const files = await readModelFolder(folder);
  const graph = files.fingerprint === fingerprint ? wordGraph(files.graph, probe) : null;
  if (!graph) return null;
  const session = await OnnxSession.open(graph.bytes, [], 'cpu');
  return {
    run: async (batch) => {
      const feeds = { ...feedsFor(graph.inputs, batch, padId, []), [piecesInput]: piecesOf(batch) };
      return (await session.run(feeds, [wordVectors])).get(wordVectors)!.data;
    },
    dispose: () => session.dispose(),
  };
}

/** Places of the pieces of all words, `[word, piece]`, −1 where a word has fewer. */
function piecesOf(batch: readonly WordsInput[]): IntegerFeed {
  const width = Math.max(...batch.map(({ tokens }: ModelInput) => tokens.length));
  const words = batch.flatMap(({ words: ofRow }, row) => ofRow.map((pieces) => pieces.map((piece) => row * width + piece)));
  const most = Math.max(...words.map(({ length }) => length));
  return { dims: [words.length, most], values: words.flatMap((pieces) => Array.from({ length: most }, (_, at) => pieces[at] ?? -1)) };
}
