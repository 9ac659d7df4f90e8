import { parentPort, workerData } from 'node:worker_threads';
import { wordVectors } from '../../onnx/wordGraph';
import { type IntegerFeed, OnnxSession, type OpenableGraph } from './onnxSession';

/** What a thread is started with: a word graph. */
export interface WordThreadData {
  readonly graph: OpenableGraph;
}

/** The inputs of one run. */
export type WordThreadQuestion = Readonly<Record<string, IntegerFeed>>;

/** The vectors, or why there are none. */
export type WordThreadAnswer = { readonly vectors: Float32Array } | { readonly failure: string };

/** Life of a thread that runs a word graph, on one core, for each message that it is sent. */
export async function serveWords(): Promise<void> {
  const port = parentPort!;
  const session = await OnnxSession.open((workerData as WordThreadData).graph, 'cpu', 1);
  // The runtime has its own copy of the weights.
  globalThis.gc?.();
  port.on('message', (feeds: WordThreadQuestion) => {
    void session.run(feeds, [wordVectors]).then(
      (results): WordThreadAnswer => ({ vectors: results.get(wordVectors)!.data }),
      (error: unknown): WordThreadAnswer => ({ failure: error instanceof Error ? error.message : String(error) }),
    ).then((answer) => { port.postMessage(answer); });
  });
}
