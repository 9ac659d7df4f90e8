import type { ReactiveControllerHost } from 'lit';
import type { WithoutTarget } from '../../../src/lenses/model';
import type { Generation, GenerationRequest } from '../../../src/lenses/generation/contract';
import type { Translation, TranslationRequest } from '../../../src/lenses/translation/contract';
import type { WrittenStep } from '../../../src/lenses/writing/contract';
import { continued } from '../../../src/lenses/writing/continued';
import type { PanelCall } from '../../../src/panel/contract';
import type { EditorConnection } from '../../connection';
import { Latest } from '../../latest';

interface Calls {
  'translation/translate': { readonly request: TranslationRequest; readonly result: Translation };
  'generation/generate': { readonly request: GenerationRequest; readonly result: Generation };
}
type WritingRequest<M extends keyof Calls> = WithoutTarget<Calls[M]['request']> & Pick<PanelCall, 'inModel'>;

/** A text that a model is writing, or has written. Whoever stops it keeps what was written until then. */
export class WritingRun<M extends keyof Calls> {
  readonly answer: Latest<Calls[M]['result']>;
  /** What has been written so far by the call that is running. */
  steps: readonly WrittenStep[] = [];
  output = '';
  /** Whether the reader stopped what the answer holds. */
  stopped = false;
  private asked: WritingRequest<M> | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly method: M,
    private readonly editor: () => EditorConnection,
    arrived: (result: Calls[M]['result']) => void = () => undefined,
  ) {
    this.answer = new Latest<Calls[M]['result']>(host, arrived);
  }

  /** Writes anew; `forget` drops the shown answer at once, for another text. */
  start(request: WritingRequest<M>, options: { readonly forget?: boolean } = {}): void {
    this.stopped = false;
    this.load(request, options);
  }

  /** Shows what was written before. */
  show(result: Calls[M]['result']): void {
    this.stopped = false;
    this.steps = [];
    this.answer.load(() => Promise.resolve(result));
  }

  /** Writes no further. What is there stays as it came; the rest of the answer, such as the prompt's tokens, is asked for. */
  stop(): void {
    const { asked, steps } = this;
    if (!asked || !this.answer.loading) return;
    if (steps.length === 0) {
      this.answer.stop();
      return;
    }
    this.stopped = true;
    // A prompt is read as before only where as many tokens are allowed.
    const end = this.method === 'generation/generate' ? { stopAfter: steps.length } : { maxTokens: steps.length };
    this.load({ ...asked, choice: { kind: 'greedy' }, prefix: { ids: steps.map(({ id }) => id) }, ...end }, { kept: steps });
  }

  private load(request: WritingRequest<M>, { forget = false, kept }: { readonly forget?: boolean; readonly kept?: readonly WrittenStep[] } = {}): void {
    this.asked = request;
    this.steps = kept ?? [];
    if (!kept) this.output = '';
    this.answer.load(async (signal) => {
      const result: unknown = await this.editor().call(this.method, request as never, {
        signal,
        onProgress: ({ written }) => {
          if (!written || kept || signal.aborted) return;
          this.steps = continued(this.steps, written);
          this.output = written.output;
          this.host.requestUpdate();
        },
      });
      return (kept ? { ...(result as Calls[M]['result']), steps: kept } : result) as Calls[M]['result'];
    }, { forget });
  }
}
