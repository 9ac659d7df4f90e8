import { describe, expect, it } from 'vitest';
import type { EngineClient, EngineClientOptions } from '../../src/engine/client';
import { RestartPolicy } from '../../src/engine/restartPolicy';
import { faultyClients } from '../support/faultyClient';

const request = (model: string) => ({ model, device: 'cpu', text: 'the cow jumped' }) as const;
const open = faultyClients();
let client: EngineClient;
const connect = (options?: Partial<EngineClientOptions>): EngineClient => (client = open(options));

describe('a process that dies', () => {
  it('by kill -9 in mid-run: everything pending is rejected, the next call is answered by a new process', async () => {
    await connect().call('model/load', request('slow'));
    const pid = client.pid!;
    const pending = [
      client.call('attention/overview', request('slow')),
      client.call('attention/overview', { ...request('slow'), text: 'the moon' }),
    ];
    setTimeout(() => process.kill(pid, 'SIGKILL'), 100);
    for (const result of await Promise.allSettled(pending)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'HeadlightError', code: 'engine-died' } });
    }
    expect(client.status).toMatchObject({ state: 'failed', detail: expect.stringContaining('SIGKILL') as string });
    await expect(client.call('attention/overview', request('good'))).resolves.toMatchObject({ rows: 5 });
    expect(client.pid).not.toBe(pid);
  });

  it('by a native crash: the message says what to do', async () => {
    await expect(connect().call('attention/overview', request('crash'))).rejects.toMatchObject({
      code: 'engine-died',
      message: expect.stringMatching(/SIGSEGV.*Try again.*device/s) as string,
    });
  });

  it('at its start: the message quotes its last words, and later calls try again', async () => {
    connect({ env: { FAULT: 'exit-at-start' } });
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(client.call('model/load', request('good'))).rejects.toMatchObject({
        code: 'engine-died',
        message: expect.stringMatching(/exit code 3.*no licence for this machine/s) as string,
      });
    }
    expect(client.status.state).toBe('failed');
  });

  it('because its script is not there', async () => {
    await expect(connect({ entry: '/nowhere/engine.js' }).call('model/load', request('good'))).rejects.toMatchObject({
      code: 'engine-died',
    });
  });
});

describe('backoff', () => {
  it('delays the start after each failure and forgets them after a successful request', async () => {
    connect({ restartPolicy: RestartPolicy.create(200, 400) });
    const crash = async () => {
      const started = performance.now();
      await client.call('attention/overview', request('crash')).catch(() => undefined);
      return performance.now() - started;
    };
    await client.call('model/load', request('good'));
    const [first, second, third] = [await crash(), await crash(), await crash()];
    expect(first).toBeLessThan(200);
    expect(second).toBeGreaterThanOrEqual(200);
    expect(third).toBeGreaterThanOrEqual(400);
    await client.call('model/load', request('good'));
    expect(await crash()).toBeLessThan(200);
  });
});

describe('a process that hangs', () => {
  it('in a run: cancelling costs it its life after the grace period, and the caller hears at once', async () => {
    await connect({ timeouts: { grace: 300 } }).call('model/load', request('hang'));
    const pid = client.pid;
    const controller = new AbortController();
    const hung = client.call('attention/overview', request('hang'), { signal: controller.signal });
    const beside = client.call('attention/overview', request('good'));
    setTimeout(() => {
      controller.abort();
    }, 100);
    const started = performance.now();
    await expect(hung).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(300);
    await expect(beside).rejects.toMatchObject({ code: 'engine-hung' });
    await expect(client.call('model/load', request('good'))).resolves.toMatchObject({ id: 'good' });
    expect(client.pid).not.toBe(pid);
  });

  it('in a run that nobody cancels: the call ends at its limit', async () => {
    connect({ timeouts: { call: 400, grace: 100 } });
    await expect(client.call('attention/overview', request('hang'))).rejects.toMatchObject({ code: 'engine-hung' });
    await expect(client.call('model/load', request('good'))).resolves.toMatchObject({ id: 'good' });
  });

  it('while it loads a model: the load has a limit of its own', async () => {
    connect({ timeouts: { load: 300, grace: 100 } });
    await expect(client.call('attention/overview', request('hang-at-load'))).rejects.toMatchObject({
      code: 'engine-hung',
      message: expect.stringContaining('hang-at-load') as string,
    });
    await expect(client.call('model/load', request('good'))).resolves.toMatchObject({ id: 'good' });
  });

  it('but a load that is merely long survives a cancelled call', async () => {
    await connect({ timeouts: { grace: 200 } }).call('model/load', request('good'));
    const pid = client.pid;
    const first = client.call('attention/overview', request('block-at-load'), { lane: 'hover' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = client.call('attention/overview', request('block-at-load'), { lane: 'hover' });
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    await expect(second).resolves.toMatchObject({ rows: 5 });
    expect(client.pid).toBe(pid);
  });

  it('at its start', async () => {
    connect({ env: { FAULT: 'never-ready' }, timeouts: { start: 500 } });
    await expect(client.call('model/load', request('good'))).rejects.toMatchObject({ code: 'engine-hung' });
  });
});

describe('restart and dispose', () => {
  it('restart rejects what is pending and starts anew', async () => {
    await connect().call('model/load', request('slow'));
    const pid = client.pid;
    const pending = client.call('attention/overview', request('slow'));
    const rejected = expect(pending).rejects.toMatchObject({ code: 'engine-died' });
    await client.restart();
    await rejected;
    expect(client.pid).not.toBe(pid);
    expect(client.status.state).toBe('ready');
  });

  it('dispose ends the process and rejects what is pending and what comes later', async () => {
    await connect().call('model/load', request('slow'));
    const pid = client.pid!;
    const pending = expect(client.call('attention/overview', request('slow'))).rejects.toMatchObject({
      code: 'cancelled',
    });
    await client.dispose();
    await pending;
    expect(() => process.kill(pid, 0)).toThrow();
    await expect(client.call('model/load', request('good'))).rejects.toMatchObject({ code: 'cancelled' });
  });
});
