import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  type CancellationToken,
  type DataCallback,
  type Message,
} from 'vscode-jsonrpc/browser';
import type { ErrorCode } from '../../../src/errors';
import type { AttentionMap } from '../../../src/lenses/attention/contract';
import type { LensMethod } from '../../../src/lenses/calls';
import type { TrainedClassifier, TrainingChoices } from '../../../src/lenses/training/contract';
import { toPlanes } from '../../../src/packed/planes';
import type { ControlRequest, ControlSentence, EngineStatus, FoundWord, ListedModel, PanelState, ProposedCheck, SavedFile, SavedModel, SelectedText, Subject } from '../../../src/panel/contract';
import { mostExactWeights, type PackedMap } from '../../../src/panel/packedMap';
import { allOn, type ChosenSwitches } from '../../../src/lenses/whatIf/chosen';
import type { Switches } from '../../../src/lenses/whatIf/contract';
import type { ModelSwitches, PanelNotifications } from '../../../src/panel/contract';
import { answer, documentOf } from './fakeModel';
import { switchedAnswer } from './fakeSwitched';
import { losses, trainedOf } from './fakeTraining';

/** What tests steer and look at, as `window.harness`. */
export interface Harness {
  /** Notifications of the panel, in order. */
  readonly heard: { readonly name: string; readonly value: unknown }[];
  /** Lens calls, in order. */
  readonly calls: { readonly method: string; readonly request: unknown }[];
  /** Message of the failure that lens calls meet from now on; null for none. */
  fail: string | null;
  failCode: ErrorCode;
  /** The one method that fails; null for all. */
  failOf: string | null;
  /** The one model whose calls fail; null for all. */
  failModel: string | null;
  /** Milliseconds that the next calls take, in order; 0 when used up. */
  delays: number[];
  /** Milliseconds of each step of training. */
  trainingStep: number;
  /** Whether what is trained on has many labels. */
  manyLabels: boolean;
  notify(name: string, value: unknown): void;
}

declare global {
  interface Window {
    harness: Harness;
    /** Set before the page loads. */
    harnessSubject: Subject | null | undefined;
    /** What is off, by model; set before the page loads, and changed by the panel. */
    harnessSwitches: Readonly<Record<string, ModelSwitches>> | undefined;
    /** Ids of models that are not there; set before the page loads. */
    harnessMissing: readonly string[] | undefined;
    /** Text of the document that is shown; null for that of `documentOf`. */
    harnessDocument: string | null | undefined;
    acquireVsCodeApi: () => unknown;
  }
}

let deliver: DataCallback = () => undefined;

class Reader extends AbstractMessageReader {
  listen(callback: DataCallback) {
    deliver = callback;
    return { dispose: () => undefined };
  }
}

class Writer extends AbstractMessageWriter {
  write(message: Message): Promise<void> {
    window.postMessage(message);
    return Promise.resolve();
  }

  end(): void {
    // Nothing is buffered.
  }
}

const status: EngineStatus = { state: 'ready', model: 'encoder', device: 'cpu', detail: '' };
const connection = createMessageConnection(new Reader(), new Writer());
window.harness = { heard: [], calls: [], fail: null, failCode: 'model-broken', failOf: null, failModel: null, delays: [], trainingStep: 0, manyLabels: false, notify: (name, value) => void connection.sendNotification(name, value) };

// What is posted to the editor is cloned as VS Code does, so that functions or DOM nodes in it would fail here too.
window.acquireVsCodeApi = () => ({
  postMessage: (message: Message) => {
    const copy = structuredClone(message);
    setTimeout(() => { deliver(copy); });
  },
  getState: (): unknown => JSON.parse(sessionStorage.getItem('state') ?? 'null'),
  setState: (state: unknown) => { sessionStorage.setItem('state', JSON.stringify(state)); },
});

const listed: readonly ListedModel[] = [
  { id: 'encoder', label: 'encoder', detail: 'BertForPreTraining', task: 'reading', readable: true, inForce: true },
  { id: 'small', label: 'small', detail: 'RobertaForMaskedLM', task: 'reading', readable: true, inForce: false },
  { id: 'static', label: 'static', detail: 'Word2Vec', task: 'reading', readable: true, inForce: false },
  { id: 'translator', label: 'translator', detail: 'PegasusForConditionalGeneration', task: 'translation', readable: true, inForce: false },
  { id: 'rnn', label: 'rnn', detail: 'LstmEncoderDecoder', task: 'translation', readable: false, inForce: false },
  { id: 'rnn-attention', label: 'rnn-attention', detail: 'LstmEncoderDecoder', task: 'translation', readable: false, inForce: false },
  { id: 'decoder', label: 'decoder', detail: 'GPT2LMHeadModel', task: 'continuation', readable: true, inForce: false },
];
connection.onRequest('panel/ready', (): PanelState => ({
  subject: window.harnessSubject ?? null,
  status,
  settings: { topK: 10, layer: -1 },
  switches: { inForce: 'encoder', models: window.harnessSwitches ?? {} },
}));
connection.onRequest(async (method, request, token: CancellationToken) => {
  const { harness } = window;
  const { inModel } = (request ?? {}) as { inModel?: string };
  harness.calls.push({ method, request });
  const delay = harness.delays.shift() ?? 0;
  if (delay > 0) {
    await new Promise((resolve) => {
      setTimeout(resolve, delay);
      token.onCancellationRequested(resolve);
    });
    if (token.isCancellationRequested) throw new ResponseError(ErrorCodes.InternalError, 'The request was cancelled.', { code: 'cancelled' });
  }
  if (harness.fail !== null && (harness.failOf ?? method) === method && (harness.failModel ?? inModel) === inModel) throw new ResponseError(ErrorCodes.InternalError, harness.fail, { code: harness.failCode });
  if (method === 'panel/save') return `papers/${(request as SavedFile).name}`;
  if (method === 'panel/savePage') return 'papers/page.html';
  if (method === 'panel/saveCheck') return (request as ProposedCheck | null) === null ? null : 'papers/model.headlight-check';
  if (method === 'panel/copyLink') return null;
  if (method === 'panel/selectedText') return { text: 'I cannot stand the noise of the traffic.', word: 'stand' } satisfies SelectedText;
  if (method === 'panel/controlSentence') return controlOf(request as ControlRequest);
  if (method === 'panel/documentText') return window.harnessDocument ? { ...documentOf, text: window.harnessDocument } : documentOf;
  if (method === 'panel/insertBehind') return null;
  if (method === 'panel/occurrences') return inFiles((request as { scope: FoundWord['scope'] }).scope);
  if (method === 'panel/train') return train(request as TrainingChoices, token);
  if (method === 'panel/saveClassifier') return { id: '/models/reviews-classifier', path: 'reviews-classifier' } satisfies SavedModel;
  if (method === 'panel/models') return listed.filter(({ id }) => window.harnessMissing?.includes(id) !== true);
  if (method === 'panel/pickModel') return 'static';
  const { switches = switchesOf(inModel) } = (request ?? {}) as { switches?: Switches };
  return packed(switchedAnswer(method as LensMethod, await answer(method as LensMethod, request), switches));
});

function switchesOf(model = 'encoder'): ChosenSwitches {
  return window.harnessSwitches?.[model]?.off ?? allOn;
}

/** As the editor does: what is off belongs to a model, and the panel is told of each change. */
function changeSwitches(model: string, change: Partial<ModelSwitches>): void {
  const models = window.harnessSwitches ?? {};
  window.harnessSwitches = { ...models, [model]: { off: allOn, named: [], ...models[model], ...change } };
  void connection.sendNotification('editor/switches', { inForce: 'encoder', models: window.harnessSwitches });
}

/** Trains step by step, `harness.trainingStep` milliseconds each. */
async function train(choices: TrainingChoices, token: CancellationToken): Promise<TrainedClassifier> {
  const { harness } = window;
  const say = (progress: object): void => { harness.notify('editor/progress', { method: 'panel/train', ...progress }); };
  for (let step = 1; step <= losses.length; step++) {
    if (step < 3) say({ message: 'Reading the examples', done: 40 * step, total: 120 });
    else say({ message: 'Fitting', training: { losses: losses.slice(0, step) } });
    if (harness.trainingStep > 0) await new Promise((resolve) => setTimeout(resolve, harness.trainingStep));
    if (token.isCancellationRequested) throw new ResponseError(ErrorCodes.InternalError, 'The request was cancelled.', { code: 'cancelled' });
  }
  return trainedOf(choices, harness.manyLabels);
}

/** Of every third turn the document has none. */
function controlOf({ turn }: ControlRequest): ControlSentence {
  return turn % 3 === 0
    ? { text: 'The library has bought two hundred books this year.', label: null }
    : { text: `<b>Trees</b> grew along the muddy bank of stream ${turn}.`, label: `lesson.md:${60 + turn}` };
}

/** The shown word with three of its occurrences in other files. */
function inFiles(scope: FoundWord['scope']): FoundWord {
  const subject = window.harnessSubject;
  if (subject?.lens !== 'senses') throw new Error('No word is shown.');
  const { word } = subject;
  const files = [{ uri: 'file:///notes/music.md', label: 'notes/music.md' }, { uri: 'file:///a.md', label: '<b>a</b>\u202e.md' }];
  return {
    ...word, scope, files, total: 1234, filesWithWord: 56, skipped: { large: 2, unreadable: 0 },
    occurrences: word.occurrences.map((occurrence, index) => (index > 5 ? { ...occurrence, file: index % 2 } : occurrence)),
  };
}

/** Large maps travel packed, as the editor sends them. */
async function packed(result: object): Promise<object> {
  if (!('map' in result) || !('weights' in result)) return result;
  const { weights, ...map } = result as AttentionMap;
  if (weights.length <= mostExactWeights) return result;
  const stream = new Blob([new Uint8Array(toPlanes(weights))]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return { ...map, packed: new Uint8Array(await new Response(stream).arrayBuffer()) } satisfies PackedMap;
}

connection.onNotification((name, value) => {
  window.harness.heard.push({ name, value });
  if (name === 'panel/switch') {
    const { model, off } = value as PanelNotifications['panel/switch'];
    changeSwitches(model, { off });
  }
  if (name === 'panel/keepSwitches') {
    const { model, named } = value as PanelNotifications['panel/keepSwitches'];
    changeSwitches(model, { named });
  }
});
connection.listen();
