import { createMessageConnection, type CancellationToken, type Message, type MessageConnection } from 'vscode-jsonrpc/node';
import { toResponseError } from '../../engine/protocol';
import { HeadlightError } from '../../errors';
import type { AttentionMap } from '../../lenses/attention/contract';
import type { CallOptions, LensMethod, LensResult } from '../../lenses/calls';
import type { TrainedClassifier, TrainingChoices } from '../../lenses/training/contract';
import type {
  ControlRequest, ControlSentence, DocumentText, EditorNotifications, FoundWord, ListedModel, PageOfView, PanelNotifications, PanelRequests, PanelState, ProposedCheck, SavedFile, SavedModel,
  SelectedText, Subject,
} from '../../panel/contract';
import { packMap } from './packMap';
import { compact, WebviewReader, WebviewWriter } from './webviewTransport';

/** The lens calls that a panel may make: all but those that name a folder of this machine. */
const lensMethods: Record<LensMethod, boolean> = {
  'model/load': true,
  'model/inspect': false,
  'model/hash': false,
  'attention/overview': true,
  'attention/map': true,
  'attention/textMap': true,
  'attention/compareWords': true,
  'attention/metrics': true,
  'attention/sum': true,
  'predictions/predict': true,
  'predictions/depth': true,
  'predictions/surprise': true,
  'predictions/trainingExample': true,
  'senses/group': true,
  'senses/layers': true,
  'senses/compareOccurrences': true,
  'senses/words': true,
  'senses/umap': true,
  'devices/measure': false,
  'drift/measure': true,
  'senseIndex/open': false,
  'senseIndex/update': false,
  'senseIndex/search': false,
  'vectors/embed': true,
  'vectors/neighbours': true,
  'vectors/nearest': true,
  'nextSentence/score': true,
  'nextSentence/crossing': true,
  'classification/classify': true,
  'classification/evidence': true,
  'classification/lines': true,
  'training/train': false,
  'training/save': false,
  'translation/translate': true,
  'translation/score': true,
  'translation/influence': true,
  'translation/lines': true,
  'lineage/recorded': true,
  'lineage/forgetting': true,
  'generation/generate': true,
  'generation/next': true,
  'evidence/measure': true,
  'evidence/patch': true,
  'evidence/patchedAnswers': true,
  'evidence/attribution': true,
  'evidence/rank': true,
};

/** What the editor does for a panel. */
export interface PanelHost {
  /** @param remembered what the page showed before it was hidden or reloaded */
  state(remembered: Subject | null): Promise<PanelState>;
  call<M extends LensMethod>(method: M, request: PanelRequests[M][0], options: Required<CallOptions>): Promise<LensResult<M>>;
  save(file: SavedFile): Promise<string | null>;
  savePage(view: PageOfView): Promise<string | null>;
  saveCheck(proposed: ProposedCheck | null): Promise<string | null>;
  copyLink(state: object): Promise<null>;
  selectedText(): Promise<SelectedText>;
  controlSentence(request: ControlRequest): Promise<ControlSentence>;
  documentText(): Promise<DocumentText>;
  insertBehind(request: PanelRequests['panel/insertBehind'][0]): Promise<null>;
  occurrences(request: PanelRequests['panel/occurrences'][0], options: Required<CallOptions>): Promise<FoundWord>;
  train(choices: TrainingChoices, options: Required<CallOptions>): Promise<TrainedClassifier>;
  saveClassifier(classifier: TrainedClassifier): Promise<SavedModel | null>;
  models(): Promise<readonly ListedModel[]>;
  pickModel(): Promise<string | null>;
  readonly notified: { readonly [N in keyof PanelNotifications]: (value: PanelNotifications[N]) => void };
}

/** JSON-RPC with one life of the panel's page; a page that is loaded anew gets a connection of its own. */
export class PanelConnection {
  private readonly reader = new WebviewReader();
  private readonly connection: MessageConnection;
  private readonly closed = new AbortController();

  constructor(post: (message: unknown) => PromiseLike<boolean>, host: PanelHost) {
    this.connection = createMessageConnection(this.reader, new WebviewWriter(post));
    this.connection.onRequest('panel/ready', (remembered: Subject | null) => host.state(remembered));
    this.connection.onRequest('panel/save', (file: SavedFile) => host.save(file).catch(rethrown));
    this.connection.onRequest('panel/savePage', (view: PageOfView) => host.savePage(view).catch(rethrown));
    this.connection.onRequest('panel/saveCheck', (proposed: ProposedCheck | null) => host.saveCheck(proposed).catch(rethrown));
    this.connection.onRequest('panel/copyLink', (state: object) => host.copyLink(state).catch(rethrown));
    this.connection.onRequest('panel/selectedText', () => host.selectedText().catch(rethrown));
    this.connection.onRequest('panel/controlSentence', (request: ControlRequest) => host.controlSentence(request).catch(rethrown));
    this.connection.onRequest('panel/documentText', () => host.documentText().catch(rethrown));
    this.connection.onRequest('panel/insertBehind', (request: PanelRequests['panel/insertBehind'][0]) => host.insertBehind(request).catch(rethrown));
    this.connection.onRequest('panel/occurrences', (request: PanelRequests['panel/occurrences'][0], token: CancellationToken) =>
      this.followed('panel/occurrences', token, (options) => host.occurrences(request, options)),
    );
    this.connection.onRequest('panel/train', (choices: TrainingChoices, token: CancellationToken) =>
      this.followed('panel/train', token, (options) => host.train(choices, options)),
    );
    this.connection.onRequest('panel/saveClassifier', ({ classifier }: PanelRequests['panel/saveClassifier'][0]) => host.saveClassifier(classifier).catch(rethrown));
    this.connection.onRequest('panel/models', () => host.models().catch(rethrown));
    this.connection.onRequest('panel/pickModel', () => host.pickModel().catch(rethrown));
    for (const method of (Object.keys(lensMethods) as LensMethod[]).filter((name) => lensMethods[name])) {
      this.connection.onRequest(method, (request: PanelRequests[typeof method][0], token: CancellationToken) =>
        this.answer(host, method, request, token),
      );
    }
    for (const name of Object.keys(host.notified) as (keyof PanelNotifications)[]) {
      this.connection.onNotification(name, host.notified[name]);
    }
    this.connection.listen();
  }

  /** Takes in a message of the page. */
  accept(message: Message): void {
    this.reader.accept(message);
  }

  notify<N extends keyof EditorNotifications>(name: N, value: EditorNotifications[N]): void {
    void this.connection.sendNotification(name, value);
  }

  /** Cancels what the page has asked for. */
  dispose(): void {
    this.closed.abort();
    this.connection.dispose();
  }

  private answer<M extends LensMethod>(
    host: PanelHost,
    method: M,
    request: PanelRequests[M][0],
    token: CancellationToken,
  ): Promise<LensResult<M>> {
    const work = async (options: Required<CallOptions>): Promise<LensResult<M>> => {
      const result = await host.call(method, request, options);
      return compact(method === 'attention/map' ? await packMap(result as AttentionMap) : result) as LensResult<M>;
    };
    return this.followed(method, token, work, request.call);
  }

  /** Work for the page that it can cancel and whose progress it is told. */
  private async followed<T>(
    method: EditorNotifications['editor/progress']['method'],
    token: CancellationToken,
    work: (options: Required<CallOptions>) => Promise<T>,
    call?: number,
  ): Promise<T> {
    const cancelled = new AbortController();
    const listener = token.onCancellationRequested(() => {
      cancelled.abort();
    });
    try {
      const signal = AbortSignal.any([cancelled.signal, this.closed.signal]);
      const onProgress: Required<CallOptions>['onProgress'] = (progress) => {
        this.notify('editor/progress', compact({ ...progress, method, ...(call !== undefined && { call }) }));
      };
      return await work({ signal, onProgress });
    } catch (error) {
      return rethrown(error);
    } finally {
      listener.dispose();
    }
  }
}

/** With its code, for the panel. */
function rethrown(error: unknown): never {
  throw error instanceof HeadlightError ? toResponseError(error) : error;
}
