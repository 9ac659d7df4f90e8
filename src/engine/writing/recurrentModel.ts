import { HeadlightError } from '../../errors';
import type { ModelInfo, ModelOutputs } from '../../lenses/model';
import type { TextTokenizer } from '../../text/tokenizer';
import type { LoadedModel } from '../modelCache';
import type { RecurrentWriter } from './recurrentWriter';

/** An LSTM translator: it writes, but of what it reads there is nothing to look into but its one vector. */
export class RecurrentModel implements LoadedModel {
  readonly attention = [];

  constructor(
    readonly info: ModelInfo,
    readonly tokenizer: TextTokenizer,
    readonly folder: string,
    readonly fingerprint: string,
    readonly writer: RecurrentWriter,
  ) {}

  run(): Promise<ModelOutputs> {
    return Promise.reject(
      new HeadlightError(
        'cannot-instrument',
        `${this.info.name} reads with an LSTM, which has no layers of attention to look into. Watch it translate, or choose a transformer.`,
      ),
    );
  }

  dispose(): Promise<void> {
    return this.writer.dispose();
  }
}
