/** A built-in translator, and the step in the history of translation that it stands for. */
export interface Generation {
  readonly model: 'rnn' | 'rnn-attention' | 'translator';
  readonly year: string;
  readonly name: string;
  /** What the decoder gets of the source, in one line. */
  readonly source: string;
  /** Whether one vector is all that the decoder gets. */
  readonly oneVector: boolean;
}

/** In historic order. */
export const generations: readonly Generation[] = [
  { model: 'rnn', year: '2014', name: 'LSTM, one thought vector', source: 'Writes from one vector, made when the last word was read.', oneVector: true },
  { model: 'rnn-attention', year: '2014/15', name: 'LSTM with attention', source: 'Looks back at every word of the source for each token that it writes.', oneVector: false },
  { model: 'translator', year: '2017', name: 'Transformer', source: 'Attends to every word of the source in each of its layers and heads.', oneVector: false },
];

/** The search that the recorded results were measured with (`models/recipes/lib/beam_search.py`). */
export const recordedSearch = { kind: 'beams', beams: 4, lengthPenalty: 0.8 } as const;
