import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineHost, LaneOptions } from '../../../src/editor/engineHost';
import { HeadlightError } from '../../../src/errors';
import type { SensesRequest } from '../../../src/lenses/senses/contract';
import { allOn, type ChosenSwitches, withHead } from '../../../src/lenses/whatIf/chosen';
import * as occurrences from '../../../src/text/occurrences';
import { encoderInfo } from '../../support/encoderInfo';
import { senses, t } from './fixtures';

type Listener = (event?: unknown) => void;

/** What VS Code shows and says, as the tests want it. */
const fake = vi.hoisted((): { settings: Record<string, unknown>; readonly listeners: Map<string, Set<Listener>>; active: unknown } => ({
  settings: {},
  listeners: new Map(),
  active: undefined,
}));

vi.mock('vscode', () => {
  const on = (name: string) => (listener: Listener) => {
    fake.listeners.set(name, (fake.listeners.get(name) ?? new Set()).add(listener));
    return { dispose: () => fake.listeners.get(name)?.delete(listener) };
  };
  return {
    ColorThemeKind: { Light: 1, Dark: 2, HighContrast: 3, HighContrastLight: 4 },
    l10n: { t },
    workspace: {
      getConfiguration: () => ({ get: (name: string, otherwise: unknown) => fake.settings[name] ?? otherwise }),
      onDidChangeTextDocument: on('edit'),
    },
    window: {
      activeColorTheme: { kind: 2 },
      visibleTextEditors: [],
      get activeTextEditor() { return fake.active; },
      onDidChangeActiveTextEditor: on('active'),
      onDidChangeTextEditorVisibleRanges: on('ranges'),
    },
    MarkdownString: class { constructor(readonly value: string) {} },
    Hover: class { constructor(readonly contents: { value: string }) {} },
    Range: class { constructor(readonly start: number) {} },
  };
});

const { HoverProvider } = await import('../../../src/editor/hover/hoverProvider');
const { ReadableTexts } = await import('../../../src/editor/hover/readableText');
const { ReadAhead } = await import('../../../src/editor/hover/readAhead');

interface Asked {
  readonly method: string;
  readonly request: SensesRequest;
  readonly options: LaneOptions;
}

/** An engine that answers when told to, and notes what it is asked. */
function fakeEngine(left = 0) {
  const asked: Asked[] = [];
  const statusListeners = new Set<(status: { state: string }) => void>();
  const engine = {
    asked,
    model: encoderInfo as typeof encoderInfo | null,
    say: (state: string) => { for (const listener of statusListeners) listener({ state }); },
    onStatus: (listener: (status: { state: string }) => void) => {
      statusListeners.add(listener);
      return { dispose: () => statusListeners.delete(listener) };
    },
    call: vi.fn((method: string, request: SensesRequest, options: LaneOptions) => {
      asked.push({ method, request, options });
      if (method === 'vectors/nearest') return Promise.resolve({ model: encoderInfo, words: [{ token: 'stands', cosine: 0.6 }] });
      const answer = senses({ occurrences: request.occurrences.map(() => ({ sense: 0, x: 0, y: 0, static: { x: 0, y: 0 } })), left });
      return new Promise((resolve, reject) => {
        options.signal?.addEventListener('abort', () => { reject(new HeadlightError('cancelled', 'The request was cancelled.')); });
        setTimeout(resolve, 1, answer);
      });
    }),
  };
  return engine;
}

function fakeDocument(text: string, { languageId = 'markdown', scheme = 'file', version = 1 } = {}) {
  return {
    uri: { scheme, toString: () => `${scheme}:///a` },
    languageId,
    version,
    text,
    getText: vi.fn(() => text),
    offsetAt: (position: number) => position,
    positionAt: (offset: number) => offset,
  };
}

function fakeToken() {
  const listeners: (() => void)[] = [];
  return {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => { listeners.push(listener); },
    cancel: () => { for (const listener of listeners) listener(); },
  };
}

const log = { debug: () => undefined };
let off: ChosenSwitches = allOn;
const switchboard = { of: () => off };

/** A provider, and what it takes to point at a place. */
function provider(engine: ReturnType<typeof fakeEngine>, finish = vi.fn()) {
  const hover = new HoverProvider(engine as unknown as EngineHost, new ReadableTexts(), { finish } as never, switchboard as never, log as never);
  const point = (document: ReturnType<typeof fakeDocument>, offset: number, token = fakeToken()): Promise<{ contents: { value: string } } | null> =>
    hover.provideHover(document as never, offset as never, token as never) as never;
  return { point, finish };
}

it('asks with what is off, and says so', async () => {
  const engine = fakeEngine();
  off = withHead(withHead(allOn, { part: 'encoder', layer: 3, head: 4 }), { part: 'encoder', layer: 5, head: 1 });
  const card = await provider(engine).point(fakeDocument(lesson), at);
  expect(engine.asked.find(({ method }) => method === 'senses/group')?.options.switches).toBe(off);
  expect(card!.contents.value).toContain('with 2 of the model off');
  off = allOn;
  expect((await provider(engine).point(fakeDocument(lesson, { version: 2 }), at))!.contents.value).not.toContain('of the model off');
});

const lesson = 'She put it on the stand. I cannot stand it. Please stand up.';
const at = lesson.indexOf('stand');

beforeEach(() => {
  fake.settings = {};
  fake.listeners.clear();
  fake.active = undefined;
});

describe('HoverProvider', () => {
  it('asks in the lane "hover", for what can be read in time once a model is in use', async () => {
    const engine = fakeEngine();
    const card = await provider(engine).point(fakeDocument(lesson), at);
    expect(card!.contents.value).toContain('**stand**');
    const { request, options } = engine.asked.find(({ method }) => method === 'senses/group')!;
    expect(options.lane).toBe('hover');
    expect(request.occurrences).toHaveLength(3);
    expect(request.within).toBeLessThan(100);
    engine.model = null;
    await provider(engine).point(fakeDocument(lesson), at);
    expect(engine.asked.at(-1)!.request.within).toBeUndefined();
  });

  it('a pointer that moves on reaches the engine, and no card is made', async () => {
    const engine = fakeEngine();
    const token = fakeToken();
    const card = provider(engine).point(fakeDocument(lesson), at, token);
    expect(engine.asked).not.toHaveLength(0);
    expect(engine.asked.every(({ options }) => options.signal!.aborted)).toBe(false);
    token.cancel();
    expect(await card).toBeNull();
    expect(engine.asked.every(({ options }) => options.signal!.aborted)).toBe(true);
  });

  it('searches once for a word of one version of a document, wherever on the word one points', async () => {
    const search = vi.spyOn(occurrences, 'occurrencesInContext');
    const { point } = provider(fakeEngine());
    const document = fakeDocument(lesson);
    for (const place of [at, at + 2, at + 5]) expect(await point(document, place)).not.toBeNull();
    expect(search).toHaveBeenCalledTimes(1);
    expect(document.getText).toHaveBeenCalledTimes(1);
    await point(Object.assign(document, { version: 2 }), at);
    expect(search).toHaveBeenCalledTimes(2);
    search.mockRestore();
  });

  it.each([
    ['markdown', `${lesson} `],
    ['typescript', `const stand = "${lesson}"; // ${lesson}\n`],
  ])('holds up nobody who types: the search in a megabyte of %s takes milliseconds', async (languageId, line) => {
    const text = line.repeat(Math.ceil(1e6 / line.length));
    const { point } = provider(fakeEngine());
    const times: number[] = [];
    for (let round = 0; round < 12; round++) {
      const document = fakeDocument(text, { languageId, version: round });
      const offset = text.indexOf(lesson, 100_000 * (round % 10)) + at;
      const began = performance.now();
      // Up to its first `await`, a provider runs without a pause.
      const card = point(document, offset);
      times.push(performance.now() - began);
      expect(await card).not.toBeNull();
    }
    expect(Math.min(...times)).toBeLessThan(10);
  });

  it.each([
    ['markdown', 'git', true],
    ['plaintext', 'untitled', true],
    ['plaintext', 'headlight-link', true],
    ['markdown', 'vscode-notebook-cell', true],
    ['plaintext', 'output', false],
    ['log', 'output', false],
    ['brainfuck', 'file', false],
    ['typescript', 'file', false],
  ])('%s of the scheme %s: %s', async (languageId, scheme, shows) => {
    const card = await provider(fakeEngine()).point(fakeDocument(lesson, { languageId, scheme }), at);
    expect(card !== null).toBe(shows);
  });

  it('in code, shows a card in comments and strings, of the occurrences there', async () => {
    const engine = fakeEngine();
    const { point } = provider(engine);
    const code = "stand(); // a stand\nsay('I stand', stand)";
    const document = fakeDocument(code, { languageId: 'typescript' });
    expect(await point(document, 2)).toBeNull();
    expect(await point(document, code.indexOf('a stand') + 4)).not.toBeNull();
    expect(await point(document, code.indexOf('I stand') + 4)).not.toBeNull();
    expect(await point(document, code.lastIndexOf('stand') + 2)).toBeNull();
    const requests = engine.asked.filter(({ method }) => method === 'senses/group').map(({ request }) => request.occurrences);
    expect(requests.map((list) => list.map(({ sentence }) => sentence))).toEqual([['a stand', 'I stand'], ['a stand', 'I stand']]);
  });

  it('asks for no more than the card shows', async () => {
    const engine = fakeEngine();
    fake.settings['hover.show'] = ['substitutes'];
    await provider(engine).point(fakeDocument(lesson), at);
    expect(engine.asked.map(({ method, request }) => [method, request.occurrences.length])).toEqual([['senses/group', 1]]);
    fake.settings['hover.show'] = ['staticNeighbours'];
    await provider(engine).point(fakeDocument(lesson), at);
    expect(engine.asked.slice(1).map(({ method }) => method)).toEqual(['vectors/nearest']);
    fake.settings['hover.enabled'] = false;
    expect(await provider(engine).point(fakeDocument(lesson), at)).toBeNull();
  });

  it('has what it had no time for read afterwards', async () => {
    const { point, finish } = provider(fakeEngine(2));
    const card = await point(fakeDocument(lesson), at);
    expect(card!.contents.value).toContain('being read');
    expect(finish).toHaveBeenCalledWith(expect.objectContaining({ word: 'stand', total: 3 }));
  });
});

describe('ReadAhead', () => {
  const text = 'A stand here. I stand it. Stand up! The only moon is here. Here it is.';

  function reading(engine: ReturnType<typeof fakeEngine>, content = text) {
    vi.useFakeTimers();
    fake.active = {
      document: fakeDocument(content),
      selection: { active: 0 },
      visibleRanges: [{ start: 0, end: content.length }],
    };
    const ahead = new ReadAhead(engine as unknown as EngineHost, new ReadableTexts(), switchboard as never);
    const rest = async (): Promise<void> => {
      await vi.advanceTimersByTimeAsync(5000);
      ahead.dispose();
      vi.useRealTimers();
    };
    const scroll = (): void => { fake.listeners.get('ranges')?.forEach((listener) => { listener({ textEditor: fake.active }); }); };
    return { ahead, rest, scroll };
  }

  const words = (engine: ReturnType<typeof fakeEngine>): string[] => [...new Set(engine.asked.map(({ request }) => request.word.toLowerCase()))];

  it('reads the words in view that occur often, in the background and a few occurrences at a time', async () => {
    const engine = fakeEngine();
    const { rest, scroll } = reading(engine);
    scroll();
    await rest();
    expect(words(engine)).toEqual(['stand', 'here']);
    for (const { request, options } of engine.asked) {
      expect(options.background).toBe(true);
      expect(request.occurrences.length).toBeLessThanOrEqual(2);
    }
    expect(engine.asked.filter(({ request }) => request.word.toLowerCase() === 'stand').flatMap(({ request }) => request.occurrences)).toHaveLength(3);
  });

  it.each([
    ['before a model is in use', (engine: ReturnType<typeof fakeEngine>) => { engine.model = null; }],
    ['when it is turned off', () => { fake.settings['hover.readAhead'] = false; }],
    ['when cards are', () => { fake.settings['hover.enabled'] = false; }],
    ['when only selected words have one', () => { fake.settings['hover.onlyOnSelection'] = true; }],
    ['when a card compares nothing', () => { fake.settings['hover.show'] = ['substitutes']; }],
  ])('reads nothing %s', async (_, arrange) => {
    const engine = fakeEngine();
    arrange(engine);
    const { rest, scroll } = reading(engine);
    scroll();
    await rest();
    expect(engine.asked).toEqual([]);
  });

  it('waits until scrolling rests, and stops when it goes on', async () => {
    const engine = fakeEngine();
    const { rest, scroll } = reading(engine);
    scroll();
    await vi.advanceTimersByTimeAsync(400);
    scroll();
    await vi.advanceTimersByTimeAsync(400);
    expect(engine.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(302);
    expect(engine.asked.length).toBeGreaterThan(0);
    const { signal } = engine.asked.at(-1)!.options;
    expect(signal!.aborted).toBe(false);
    scroll();
    expect(signal!.aborted).toBe(true);
    await rest();
  });

  it('finishes what a card had no time for, even when nothing else is read ahead', async () => {
    fake.settings['hover.readAhead'] = false;
    const engine = fakeEngine();
    const { ahead, rest } = reading(engine, 'Nothing.');
    const word = occurrences.occurrencesInContext(lesson, 'stand', { around: at, most: 9 });
    ahead.finish({ word: 'stand', ...word });
    await rest();
    expect(engine.asked.flatMap(({ request }) => request.occurrences.map(({ sentence }) => sentence))).toEqual([
      'She put it on the stand.', 'I cannot stand it.', 'Please stand up.',
    ]);
  });
});
