import { createMessageConnection, type Message } from 'vscode-jsonrpc/node';
import { describe, expect, it } from 'vitest';
import { panelPage } from '../../../src/editor/panel/page';
import { PanelConnection, type PanelHost } from '../../../src/editor/panel/panelConnection';
import { ShownSource } from '../../../src/editor/panel/shownSource';
import { compact, isMessage, isReady, WebviewReader, WebviewWriter } from '../../../src/editor/panel/webviewTransport';
import { HeadlightError } from '../../../src/errors';
import type { PanelState, Source } from '../../../src/panel/contract';
import type { PackedMap } from '../../../src/panel/packedMap';
import { unpackWeights } from '../../../webview/unpackWeights';
import { encoderInfo } from '../../support/encoderInfo';

const source: Source = {
  uri: 'file:///a.md',
  label: 'a.md:1',
  version: 1,
  first: { text: '0123456789', offset: 10 },
  second: { text: 'abcde', offset: 30 },
  selection: { start: 0, end: 0 },
};

describe('panelPage', () => {
  const page = (): string => panelPage({ cspSource: 'https://x.test', script: 's.js', style: 's.css', language: 'en' });

  it('allows nothing but its own files, and scripts by nonce only', () => {
    const policy = /content="(default-src[^"]*)"/.exec(page())?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect([...page().matchAll(/<script/g)]).toHaveLength(1);
    expect(nonce?.length).toBeGreaterThanOrEqual(22);
  });

  it('gives each page a nonce of its own', () => {
    expect(page()).not.toBe(page());
  });
});

describe('ShownSource', () => {
  it('tells edits of what is shown from edits elsewhere, unless senses or lines are shown', () => {
    const attention = new ShownSource({ lens: 'attention', source });
    expect(attention.edited([{ rangeOffset: 22, rangeLength: 1, text: '' }])).toBe(false);
    expect(attention.edited([{ rangeOffset: 30, rangeLength: 1, text: '' }])).toBe(true);
    const senses = new ShownSource({ lens: 'senses', source, word: { word: 'a', current: 0, occurrences: [], total: 1 } });
    expect(senses.edited([{ rangeOffset: 99, rangeLength: 0, text: 'x' }])).toBe(true);
    const lines = new ShownSource({ lens: 'drift', source, lines: { lines: [], total: 0, within: null, heldOut: false } });
    expect(lines.edited([{ rangeOffset: 99, rangeLength: 0, text: 'x' }])).toBe(true);
  });

  it('translates between the document and what the panel counts', () => {
    const shown = new ShownSource({ lens: 'attention', source });
    shown.edited([{ rangeOffset: 0, rangeLength: 0, text: '12345' }]);
    expect(shown.inDocument({ start: 12, end: 14 })).toEqual({ start: 17, end: 19 });
    expect(shown.inPanel({ start: 17, end: 19 })).toEqual({ start: 12, end: 14 });
    expect(shown.inPanel({ start: 36, end: 38 })).toEqual({ start: 31, end: 33 });
    expect(shown.inPanel({ start: 26, end: 28 })).toBeNull();
    expect(shown.parts()).toEqual([{ start: 15, end: 25 }, { start: 35, end: 40 }]);
  });
});

describe('ShownSource in a document', () => {
  it('fits while both its parts read as they are shown', () => {
    const text = ' '.repeat(10) + '0123456789' + ' '.repeat(10) + 'abcde';
    const shown = new ShownSource({ lens: 'attention', source });
    expect(shown.fits(text)).toBe(true);
    expect(shown.fits(text.replace('c', 'x'))).toBe(false);
    expect(shown.fits(` ${text}`)).toBe(false);
    expect(shown.fits('')).toBe(false);
  });
});

describe('compact', () => {
  it('gives arrays within steps a buffer of their own too', () => {
    const message = new ArrayBuffer(64);
    const { steps, written } = compact({
      steps: [{ crossAttention: new Float32Array(message, 8, 2).fill(0.5), selfAttention: null, alternatives: [{ id: 1 }], token: 'a' }],
      written: { keep: 0, steps: [{ selfAttention: new Float32Array(message, 16, 3) }] },
    });
    expect(steps[0]!.crossAttention.buffer.byteLength).toBe(8);
    expect([...steps[0]!.crossAttention]).toEqual([0.5, 0.5]);
    expect(steps[0]).toMatchObject({ selfAttention: null, alternatives: [{ id: 1 }], token: 'a' });
    expect(written.steps[0]!.selfAttention.buffer.byteLength).toBe(12);
  });

  it('gives typed arrays buffers of their own size', () => {
    const message = new ArrayBuffer(1024);
    const result = compact({ weights: new Float32Array(message, 8, 2).fill(0.5), bytes: Buffer.from(message, 0, 3), n: 1 });
    expect(result.weights.buffer.byteLength).toBe(8);
    expect([...result.weights]).toEqual([0.5, 0.5]);
    expect(result.bytes.buffer.byteLength).toBe(3);
    expect(result.n).toBe(1);
  });
});

describe('PanelConnection', () => {
  const state: PanelState = {
    subject: null,
    status: { state: 'idle', model: 'encoder', device: null, detail: '' },
    settings: { topK: 8, layer: -1 },
    switches: { inForce: 'encoder', models: {} },
  };

  /** A page and a connection that hand their messages to each other. */
  function connect(call: PanelHost['call'], own: Partial<PanelHost> = {}): { page: ReturnType<typeof createMessageConnection>; panel: PanelConnection } {
    const ignored = (): void => undefined;
    const notified = { 'panel/reveal': ignored, 'panel/openLens': ignored, 'panel/openHead': ignored, 'panel/openWritten': ignored, 'panel/openDrifted': ignored, 'panel/openOutcome': ignored, 'panel/switch': ignored, 'panel/keepSwitches': ignored, 'panel/useModel': ignored, 'panel/command': ignored, 'panel/attended': ignored, 'panel/evidence': ignored };
    const reader = new WebviewReader();
    const panel = new PanelConnection(
      (message) => {
        reader.accept(message as Message);
        return Promise.resolve(true);
      },
      {
        state: () => Promise.resolve(state),
        call,
        save: () => Promise.resolve(null),
        savePage: () => Promise.resolve(null),
        saveCheck: () => Promise.resolve(null),
        copyLink: () => Promise.resolve(null),
        selectedText: () => Promise.reject(new HeadlightError('empty-text', 'Open a file.')),
        controlSentence: () => Promise.resolve({ text: '', label: null }),
        documentText: () => Promise.reject(new HeadlightError('empty-text', 'The document has changed. Refresh.')),
        insertBehind: () => Promise.reject(new HeadlightError('empty-text', 'The prompt has changed. Refresh.')),
        occurrences: () => Promise.reject(new HeadlightError('no-folder', 'Open a folder.')),
        train: () => Promise.reject(new HeadlightError('data-unusable', 'The file is empty.')),
        saveClassifier: () => Promise.resolve(null),
        models: () => Promise.resolve([]),
        pickModel: () => Promise.resolve(null),
        notified,
        ...own,
      },
    );
    const page = createMessageConnection(
      reader,
      new WebviewWriter((message) => {
        panel.accept(message as Message);
        return Promise.resolve(true);
      }),
    );
    page.listen();
    return { page, panel };
  }

  it('answers with its state and with the results of lens calls', async () => {
    const { page } = connect((method) => Promise.resolve({ ...encoderInfo, name: method } as never));
    expect(await page.sendRequest('panel/ready', null)).toEqual(state);
    expect(await page.sendRequest('model/load', {})).toMatchObject({ name: 'model/load' });
  });

  it('answers no call that names a folder of this machine', async () => {
    const { page } = connect(() => Promise.resolve({} as never));
    for (const method of ['senseIndex/open', 'senseIndex/update', 'senseIndex/search']) {
      await expect(page.sendRequest(method, { folder: '/tmp' })).rejects.toThrow(/Unhandled method/);
    }
  });

  it('looks for occurrences, with its progress and its failure', async () => {
    const found = { word: 'stand', scope: 'workspace', current: -1, occurrences: [], total: 0, files: [], filesWithWord: 0, skipped: { large: 0, unreadable: 0 } } as const;
    const never = (): Promise<never> => Promise.reject(new Error('not reached'));
    const { page } = connect(never, {
      occurrences: ({ scope }, { onProgress }) => {
        onProgress({ message: 'Reading files', done: 1, total: 2 });
        return scope === 'workspace' ? Promise.resolve(found) : Promise.reject(new HeadlightError('no-folder', 'Open a folder.'));
      },
    });
    const progress: unknown[] = [];
    page.onNotification('editor/progress', (value) => { progress.push(value); });
    expect(await page.sendRequest('panel/occurrences', { scope: 'workspace' })).toEqual(found);
    expect(progress).toEqual([{ message: 'Reading files', done: 1, total: 2, method: 'panel/occurrences' }]);
    await expect(page.sendRequest('panel/occurrences', { scope: 'folder' })).rejects.toMatchObject({ data: { code: 'no-folder' } });
  });

  it('saves files, and says why one could not be', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('not reached'));
    const { page } = connect(never, { save: ({ name }) => Promise.resolve(`here/${name}`) });
    expect(await page.sendRequest('panel/save', { name: 'a.svg', text: '<svg/>' })).toBe('here/a.svg');
    const { page: full } = connect(never, { save: () => Promise.reject(new HeadlightError('file-not-written', 'The disk is full.')) });
    await expect(full.sendRequest('panel/save', { name: 'a.svg', text: '' })).rejects.toMatchObject({ data: { code: 'file-not-written' } });
  });

  it('hands over the document, or says why not', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('not reached'));
    const document = { text: 'A cow.', offset: 0, line: 1, whole: true };
    expect(await connect(never, { documentText: () => Promise.resolve(document) }).page.sendRequest('panel/documentText', null)).toEqual(document);
    await expect(connect(never).page.sendRequest('panel/documentText', null)).rejects.toMatchObject({ data: { code: 'empty-text' } });
  });

  it('puts text into the document, or says why not', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('not reached'));
    const inserted: string[] = [];
    const insertBehind = ({ text }: { readonly text: string }): Promise<null> => Promise.resolve(null).finally(() => inserted.push(text));
    expect(await connect(never, { insertBehind }).page.sendRequest('panel/insertBehind', { text: ' on' })).toBeNull();
    expect(inserted).toEqual([' on']);
    await expect(connect(never).page.sendRequest('panel/insertBehind', { text: ' on' })).rejects.toMatchObject({ data: { code: 'empty-text' } });
  });

  it('hands over the selected text and the models, or says why not', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('not reached'));
    const models = [{ id: 'encoder', label: 'encoder', detail: '', task: 'reading', readable: true, inForce: true } as const];
    const { page } = connect(never, { selectedText: () => Promise.resolve({ text: 'A cow.', word: 'cow' }), models: () => Promise.resolve(models), pickModel: () => Promise.resolve('/m') });
    expect(await page.sendRequest('panel/selectedText', null)).toEqual({ text: 'A cow.', word: 'cow' });
    expect(await page.sendRequest('panel/models', null)).toEqual(models);
    expect(await page.sendRequest('panel/pickModel', null)).toBe('/m');
    await expect(connect(never).page.sendRequest('panel/selectedText', null)).rejects.toMatchObject({ message: 'Open a file.', data: { code: 'empty-text' } });
  });

  it('hands maps of 256 tokens over exactly, and longer ones packed, in less than 300 kB', async () => {
    const map = { kind: 'head', layer: 0, head: 0 } as const;
    const near = (side: number): Float32Array => Float32Array.from({ length: side * side }, (_, at) => (1 + 0.5 * Math.sin(at * 12.9898)) / side);
    const answering = (weights: Float32Array): PanelHost['call'] => (() => Promise.resolve({ map, weights }));
    expect(await connect(answering(near(256))).page.sendRequest('attention/map', {})).toEqual({ map, weights: near(256) });
    const { packed, ...rest } = await connect(answering(near(512))).page.sendRequest<PackedMap>('attention/map', {});
    expect(rest).toEqual({ map });
    expect(packed.byteLength).toBeLessThan(300_000);
    const weights = await unpackWeights(packed);
    const exact = near(512);
    expect(weights).toHaveLength(exact.length);
    expect(weights.reduce((most, weight, at) => Math.max(most, Math.abs(weight - exact[at]!)), 0)).toBeLessThan(7.7e-6);
  });

  it('passes the message and the code of an error on', async () => {
    const { page } = connect(() => Promise.reject(new HeadlightError('nothing-masked', 'Mask a token.')));
    await expect(page.sendRequest('predictions/predict', {})).rejects.toMatchObject({
      message: 'Mask a token.',
      data: { code: 'nothing-masked' },
    });
  });

  it('cancels what a page asked for when the page is gone', async () => {
    let signal: AbortSignal | undefined;
    const { page, panel } = connect((_method, _request, options) => {
      signal = options.signal;
      return new Promise(() => undefined);
    });
    void page.sendRequest('model/load', {});
    await expect.poll(() => signal).toBeDefined();
    expect(signal?.aborted).toBe(false);
    panel.dispose();
    expect(signal?.aborted).toBe(true);
  });

  it('answers nothing that is no lens call', async () => {
    const { page } = connect(() => Promise.reject(new Error('not reached')));
    await expect(page.sendRequest('workbench/run', {})).rejects.toThrow(/Unhandled method/);
  });

  it('takes only JSON-RPC messages, and knows the one with which a page begins', () => {
    expect([null, 'x', {}, { jsonrpc: '1.0' }].some(isMessage)).toBe(false);
    expect(isReady({ jsonrpc: '2.0', id: 1, method: 'panel/ready' } as Message)).toBe(true);
    expect(isReady({ jsonrpc: '2.0', id: 1, method: 'model/load' } as Message)).toBe(false);
  });
});
