import { HeadlightError } from '../../errors';
import type { ModelInfo, ModelOutputs } from '../../lenses/model';
import type { TextTokenizer } from '../../text/tokenizer';
import type { LoadedModel } from '../modelCache';
import { bytesOf } from './modelWriter';
import { RecurrentDecoder } from './recurrentDecoder';
import type { RecurrentWriter } from './recurrentWriter';

/** An LSTM translator: of what it reads there is nothing to look into but its one vector, of what it writes its alignment. */
export class RecurrentModel implements LoadedModel {
  readonly attention = [];
  readonly decoder: RecurrentDecoder | null;

  constructor(
    readonly info: ModelInfo,
    readonly tokenizer: TextTokenizer,
    readonly folder: string,
    readonly fingerprint: string,
    readonly writer: RecurrentWriter,
  ) {
    this.decoder = writer.aligns ? new RecurrentDecoder(info.name, writer) : null;
  }

  run(): Promise<ModelOutputs> {
    return Promise.reject(
      new HeadlightError(
        'cannot-instrument',
        `${this.info.name} reads with an LSTM, which has no layers of attention to look into. Watch it translate, or choose a transformer.`,
      ),
    );
  }

  get bytes(): number {
    return bytesOf(this.writer.sessions);
  }

  dispose(): Promise<void> {
    return this.writer.dispose();
  }
}
