import type { GivenDecoder, GivenOutputs, GivenPart, GivenText, LayerAttention, OutputSelection } from '../../lenses/model';
import type { ExposedAttention } from '../../onnx/exposeAttention';
import type { WholeDecoder } from '../../onnx/instrumentDecoder';
import { lookInto } from '../session/lookInto';
import type { TransformerWriter } from './transformerWriter';

/** A transformer's decoder over a whole text, by the writer's own graph for first tokens: nothing more is kept in memory. */
export class TransformerDecoder implements GivenDecoder {
  readonly attention: Readonly<Record<GivenPart, readonly LayerAttention[]>>;
  private readonly sites: Readonly<Record<GivenPart, readonly ExposedAttention[]>>;

  constructor(
    private readonly name: string,
    readonly heads: number,
    private readonly whole: WholeDecoder,
    private readonly limits: readonly string[],
    private readonly writer: TransformerWriter,
  ) {
    this.sites = { decoder: whole.self, cross: whole.cross };
    this.attention = this.sites;
  }

  async run(part: GivenPart, given: GivenText, outputs: Pick<OutputSelection, keyof GivenOutputs>, signal: AbortSignal): Promise<GivenOutputs> {
    const { hidden, embeddings } = this.whole;
    const inside = lookInto({ name: this.name, heads: this.heads, attention: this.sites[part], hidden, embeddings, limits: this.limits }, outputs);
    return inside.found(await this.writer.over(given, inside.fetches, signal));
  }
}
