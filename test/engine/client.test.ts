import { describe, expect, it } from 'vitest';
import type { EngineClient, EngineClientOptions } from '../../src/engine/client';
import type { LensProgress } from '../../src/lenses/calls';
import { faultyClients } from '../support/faultyClient';

const text = 'the cow jumped over the moon';
const request = (model: string) => ({ model, device: 'cpu', text }) as const;
const open = faultyClients();
let client: EngineClient;
const connect = (options?: Partial<EngineClientOptions>): EngineClient => (client = open(options));

describe('calls', () => {
  it('bring typed arrays as typed arrays, and progress', async () => {
    const seen: LensProgress[] = [];
    const overview = await connect().call('attention/overview', request('good'), { onProgress: (p) => seen.push(p) });
    expect(overview.thumbnails).toBeInstanceOf(Uint8Array);
    expect(overview.model.id).toBe('good');
    expect(overview.tokens.map((token) => token.text)).toContain('cow');
    const head = await client.call('attention/map', { ...request('good'), map: { kind: 'head', layer: 1, head: 2 } });
    expect(head.weights).toBeInstanceOf(Float32Array);
    expect(head.weights.length).toBe(overview.tokens.length ** 2);
    expect(seen).toEqual([{ message: 'Loading the model' }]);
  });

  it('revive errors with code and message', async () => {
    await expect(connect().call('attention/overview', request('broken'))).rejects.toMatchObject({
      name: 'HeadlightError',
      code: 'model-broken',
      message: 'The file is broken. Export it again.',
    });
    await expect(client.call('attention/map', { ...request('good'), map: { kind: 'head', layer: 9, head: 0 } })).rejects.toMatchObject({
      code: 'out-of-range',
    });
  });

  it('pass on an unforeseen error and log its stack', async () => {
    const lines: string[] = [];
    connect().onLog((line) => lines.push(line));
    await expect(client.call('attention/overview', request('bug'))).rejects.toThrow('undefined is not a tensor');
    expect(lines.join('\n')).toMatch(/TypeError: undefined is not a tensor\n\s+at /);
  });

  it('share one start', async () => {
    connect();
    const calls = Array.from({ length: 5 }, () => client.call('attention/overview', request('good')));
    const pids = await Promise.all(calls.map((call) => call.then(() => client.pid)));
    expect(new Set(pids).size).toBe(1);
  });

  it('refuse nothing while many models are used in turn', async () => {
    connect();
    for (const model of ['a', 'b', 'c', 'a']) {
      expect((await client.call('model/load', request(model))).id).toBe(model);
    }
  });
});

describe('background calls', () => {
  const inBackground = { background: true } as const;

  it('go on while nothing else is asked, and do not show', async () => {
    await connect().call('model/load', request('good'));
    const states: string[] = [];
    client.onStatus(({ state }) => states.push(state));
    expect((await client.call('attention/overview', request('good'), inBackground)).rows).toBe(8);
    expect(states).not.toContain('working');
  });

  it('give way to what is asked, and wait for its end', async () => {
    await connect().call('model/load', request('slow'));
    const ends: string[] = [];
    const note = (name: string) => () => ends.push(name);
    const cut = client.call('attention/overview', request('slow'), inBackground);
    cut.catch(note('cut'));
    const asked = client.call('attention/overview', request('slow')).then(note('asked'));
    await expect(cut).rejects.toMatchObject({ code: 'cancelled' });
    const later = client.call('attention/overview', request('slow'), inBackground).then(note('later'));
    await Promise.all([asked, later]);
    expect(ends).toEqual(['cut', 'asked', 'later']);
  });

  it('end while they wait when their signal is aborted', async () => {
    await connect().call('model/load', request('slow'));
    const controller = new AbortController();
    const asked = client.call('attention/overview', request('slow'));
    const waiting = client.call('attention/overview', request('slow'), { ...inBackground, signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect((await asked).rows).toBe(8);
  });

  it('start no engine', async () => {
    await expect(connect().call('model/load', request('good'), inBackground)).rejects.toMatchObject({ code: 'cancelled' });
    expect(client.pid).toBeUndefined();
  });
});

describe('cancelling', () => {
  it('rejects at once, and the engine stops between runs', async () => {
    await connect().call('model/load', request('slow'));
    const pid = client.pid;
    const controller = new AbortController();
    const call = client.call('attention/overview', request('slow'), { signal: controller.signal });
    setTimeout(() => {
      controller.abort();
    }, 50);
    const started = performance.now();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(300);
    await client.call('model/load', request('good'));
    expect(client.pid).toBe(pid);
  });

  it('rejects a call that is cancelled before it begins', async () => {
    const call = connect().call('model/load', request('good'), { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('reaches a long call between two blocking runs, and a short call slips in', async () => {
    await connect().call('model/load', request('short-blocks'));
    const occurrences = Array.from({ length: 3000 }, (_, i) => {
      const sentence = `${'the cow ate grass '.repeat((i % 3) + 1)}the ${'moon '.repeat(i % 4)}${vocabularyWord(i)}`;
      return { sentence, start: 0, end: 3 };
    });
    const controller = new AbortController();
    const done: number[] = [];
    const long = client.call(
      'vectors/embed',
      { model: 'short-blocks', device: 'cpu', layer: -1, occurrences },
      { signal: controller.signal, onProgress: ({ done: n }) => n !== undefined && done.push(n) },
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.call('attention/overview', request('short-blocks'));
    const reached = done.length;
    controller.abort();
    await expect(long).rejects.toMatchObject({ code: 'cancelled' });
    await client.call('attention/overview', { ...request('short-blocks'), text: 'the moon' });
    expect(done.length - reached).toBeLessThan(4);
  });

  it('latest wins in a lane, and lanes do not disturb each other', async () => {
    await connect().call('model/load', request('slow'));
    const first = client.call('attention/overview', request('slow'), { lane: 'hover' });
    const other = client.call('attention/overview', { ...request('slow'), text: 'the moon' }, { lane: 'panel' });
    const second = client.call('attention/overview', request('slow'), { lane: 'hover' });
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    expect((await second).rows).toBe(8);
    expect((await other).rows).toBe(4);
  });

  it('of a call that waits for a load leaves the load to the next one', async () => {
    connect();
    const first = client.call('attention/overview', request('slow-load'), { lane: 'hover' });
    await new Promise((resolve) => setTimeout(resolve, 150));
    const second = client.call('attention/overview', request('slow-load'), { lane: 'hover' });
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    await expect(second).resolves.toMatchObject({ rows: 8 });
  });
});

describe('status', () => {
  it('goes from idle over loading and working to ready, with the model', async () => {
    const states: string[] = [];
    connect().onStatus(({ state }) => states.push(state));
    expect(client.status).toEqual({ state: 'idle', detail: '', model: null, held: [] });
    await client.call('attention/overview', request('slow-load'));
    await new Promise(setImmediate);
    expect(states[0]).toBe('loading');
    expect(states.at(-1)).toBe('ready');
    expect(states).toContain('working');
    expect(client.status.model?.id).toBe('slow-load');
  });
});

function vocabularyWord(i: number): string {
  return Array.from({ length: 6 }, (_, bit) => ((i >> (2 * bit)) & 3 ? ['cow', 'ate', 'river'][((i >> (2 * bit)) & 3) - 1] : 'bank')).join(' ');
}
