import { HeadlightError } from '../../errors';
import type { GivenDecoder, GivenOutputs, GivenPart, GivenText, OutputSelection } from '../../lenses/model';
import type { RecurrentWriter } from './recurrentWriter';

/** An LSTM's alignment as cross-attention: one layer of one head, found token by token. */
export class RecurrentDecoder implements GivenDecoder {
  readonly attention = { decoder: [], cross: [{ kind: 'cross', outputProjection: null }] } as const;
  readonly heads = 1;

  constructor(
    private readonly name: string,
    private readonly writer: RecurrentWriter,
  ) {}

  async run(_part: GivenPart, { inputs, source }: GivenText, outputs: Pick<OutputSelection, keyof GivenOutputs>, signal: AbortSignal): Promise<GivenOutputs> {
    if (outputs.hidden || outputs.queryKeyValue || outputs.embeddings) {
      throw new HeadlightError(
        'cannot-instrument',
        `${this.name} aligns words by a small network of its own, without queries, keys and values to show. Its weights can be shown; for the sum and for norms choose a transformer.`,
      );
    }
    const rows = new Float32Array(inputs.length * source.length);
    let state = await this.writer.read([source], signal);
    for (const [index, token] of inputs.entries()) {
      const said = await this.writer.write(state, { tokens: [[token]] }, signal);
      state = said.state;
      rows.set(said.crossAttention!.data, index * source.length);
    }
    const attention = new Map((outputs.attention ?? []).map((layer) => [layer, { dims: [1, 1, inputs.length, source.length], data: rows }]));
    return { attention, hidden: new Map(), queryKeyValue: new Map(), headOutputs: new Map(), embeddings: { word: null, position: null, segment: null } };
  }
}
