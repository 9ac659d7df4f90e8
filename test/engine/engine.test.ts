import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { RunQueue } from '../../src/engine/runQueue';
import { HeadlightError } from '../../src/errors';
import type { Target } from '../../src/lenses/model';
import { fakeModel, type FakeModelOptions } from '../support/fakeModel';

const request = (model: string, text = 'the cow') => ({ model, device: 'cpu', text }) as const;
const never = new AbortController().signal;

function recordingEngine(options: FakeModelOptions = {}) {
  const loaded: string[] = [];
  const models = new Map<string, ReturnType<typeof fakeModel>>();
  const engine = new Engine(({ model }: Target) => {
    loaded.push(model);
    const fake = fakeModel({ ...options, info: { ...options.info, id: model } });
    models.set(model, fake);
    return Promise.resolve(fake);
  });
  return { engine, loaded, models };
}

describe('Engine', () => {
  it('loads a model once for all who ask for it at the same time', async () => {
    const { engine, loaded } = recordingEngine();
    await Promise.all([1, 2, 3].map(() => engine.call('attention/overview', request('a'))));
    expect(loaded).toEqual(['a']);
  });

  it('keeps what its budget takes, and disposes of the model that was used longest ago', async () => {
    const { engine, loaded, models } = recordingEngine({ bytes: 100 });
    await engine.setBudget(450);
    for (const model of ['a', 'b', 'c', 'd', 'a', 'e']) await engine.call('model/load', request(model));
    expect(['a', 'b', 'c', 'd', 'e'].map((model) => models.get(model)!.disposed)).toEqual([false, true, false, false, false]);
    await engine.call('model/load', request('a'));
    expect(loaded).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('does not dispose of a model that is in use', async () => {
    let finish!: () => void;
    const busy = new Promise<void>((resolve) => (finish = resolve));
    let start!: () => void;
    const started = new Promise<void>((resolve) => (start = resolve));
    const { engine, models } = recordingEngine({
      bytes: 100,
      onRun: ([input]) => {
        if (input!.tokens.length !== 3) return;
        start();
        return busy;
      },
    });
    await engine.setBudget(400);
    const long = engine.call('attention/overview', request('a', 'cow'));
    const others = Promise.all(['b', 'c', 'd', 'e'].map((model) => engine.call('model/load', request(model))));
    await started;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(models.get('a')!.disposed).toBe(false);
    finish();
    await long;
    await others;
    expect([...models.values()].filter((model) => model.disposed)).toHaveLength(1);
  });

  it('keeps both models that one call compares, whatever the budget, and tells of a second one that does not load', async () => {
    const { engine, loaded, models } = recordingEngine({ bytes: 1000 });
    await engine.setBudget(450);
    const compared = await engine.call('drift/measure', { ...request('a'), against: 'b', lines: ['the cow'] });
    expect([compared.model.id, compared.against.id, loaded]).toEqual(['a', 'b', ['a', 'b']]);
    // Nobody uses them any more, and the budget takes none but the latest.
    expect([...models.values()].filter(({ disposed }) => !disposed)).toHaveLength(1);

    const failing = new Engine(({ model }: Target) => (model === 'b' ? Promise.reject(new HeadlightError('model-missing', 'It is gone.')) : Promise.resolve(fakeModel())));
    await expect(failing.call('drift/measure', { ...request('a'), against: 'b', lines: ['the cow'] })).rejects.toMatchObject({ code: 'model-missing' });
    await Promise.all([engine.dispose(), failing.dispose()]);
  });

  it('measures an outcome with the model that is loaded already, and opens it to changes only where heads are ablated', async () => {
    const { engine, loaded } = recordingEngine({});
    const outcome = { kind: 'nextSentence', first: 'the cow', second: 'the moon' } as const;
    await engine.call('attention/overview', { ...request('a'), text: 'the cow' });
    await engine.call('evidence/measure', { ...request('a'), outcome });
    await engine.call('evidence/measure', { ...request('a'), outcome, without: { heads: [], ablation: 'zero' } });
    expect(loaded).toEqual(['a']);
    await engine.call('evidence/measure', { ...request('a'), outcome, without: { heads: [{ part: 'encoder', layer: 0, head: 0 }], ablation: 'zero' } });
    expect(loaded).toEqual(['a', 'a']);
    await engine.dispose();
  });

  it('keeps one model that is larger than its budget by itself', async () => {
    const { engine, models, loaded } = recordingEngine({ bytes: 1000 });
    await engine.setBudget(450);
    await engine.call('model/load', request('a'));
    await engine.call('model/load', request('a'));
    expect([models.get('a')!.disposed, loaded]).toEqual([false, ['a']]);
    await engine.call('model/load', request('b'));
    expect([models.get('a')!.disposed, models.get('b')!.disposed]).toEqual([true, false]);
  });

  it('gives back at once what a smaller budget does not take', async () => {
    const { engine, models } = recordingEngine({ bytes: 100 });
    for (const model of ['a', 'b', 'c']) await engine.call('model/load', request(model));
    await engine.setBudget(200);
    expect(['a', 'b', 'c'].map((model) => models.get(model)!.disposed)).toEqual([true, false, false]);
  });

  it('tells which models it holds, and how much', async () => {
    const told: string[] = [];
    const engine = new Engine(({ model }) => Promise.resolve(fakeModel({ bytes: 100, info: { id: model, name: model } })), {
      onHeld: (held) => told.push(held.map(({ name, device, bytes }) => `${name} ${device} ${bytes}`).join(', ')),
    });
    await engine.call('model/load', request('a'));
    await engine.call('model/load', request('b'));
    await engine.unload();
    expect(told).toEqual(['a cpu 100', 'a cpu 100, b cpu 100', '']);
  });

  it('unloads on demand: what is in use when it is used no more, and loads anew for who asks meanwhile', async () => {
    let finish!: () => void;
    const busy = new Promise<void>((resolve) => (finish = resolve));
    let start!: () => void;
    const started = new Promise<void>((resolve) => (start = resolve));
    const { engine, models, loaded } = recordingEngine({
      onRun: () => {
        start();
        return busy;
      },
    });
    await engine.call('model/load', request('idle'));
    const long = engine.call('attention/overview', request('busy'));
    await started;
    await engine.unload();
    const used = models.get('busy')!;
    expect([models.get('idle')!.disposed, used.disposed]).toEqual([true, false]);
    finish();
    await long;
    expect(used.disposed).toBe(true);
    await engine.call('model/load', request('busy'));
    expect(loaded).toEqual(['idle', 'busy', 'busy']);
  });

  it('makes room when memory does not suffice, and says so when that is not enough', async () => {
    const attempts: string[] = [];
    const models: ReturnType<typeof fakeModel>[] = [];
    const engine = new Engine(({ model }) => {
      attempts.push(model);
      const full = model === 'vast' || (model === 'large' && models.some(({ disposed }) => !disposed));
      if (full) return Promise.reject(new HeadlightError('out-of-memory', 'Too large.'));
      const fake = fakeModel({ info: { id: model } });
      models.push(fake);
      return Promise.resolve(fake);
    });
    await engine.call('model/load', request('small'));
    await expect(engine.call('model/load', request('large'))).resolves.toMatchObject({ id: 'large' });
    expect(attempts).toEqual(['small', 'large', 'large']);
    await expect(engine.call('model/load', request('vast'))).rejects.toMatchObject({ code: 'out-of-memory' });
  });

  it('tries again after a load that failed', async () => {
    let attempts = 0;
    const engine = new Engine(() => {
      attempts++;
      return attempts === 1
        ? Promise.reject(new HeadlightError('model-missing', 'Put it there.'))
        : Promise.resolve(fakeModel());
    });
    await expect(engine.call('model/load', request('a'))).rejects.toMatchObject({ code: 'model-missing' });
    await expect(engine.call('model/load', request('a'))).resolves.toMatchObject({ id: 'fake' });
  });

  it('tells when it loads', async () => {
    const events: [string, boolean][] = [];
    const engine = new Engine(() => Promise.resolve(fakeModel()), {
      onLoading: ({ model }, loading) => events.push([model, loading]),
    });
    await engine.call('model/load', request('a'));
    await engine.call('model/load', request('a'));
    expect(events).toEqual([['a', true], ['a', false]]);
  });

  it('disposes of everything at its end', async () => {
    const { engine, models } = recordingEngine();
    await engine.call('model/load', request('a'));
    await engine.dispose();
    expect(models.get('a')!.disposed).toBe(true);
  });
});

describe('RunQueue', () => {
  it('runs one task at a time, in order', async () => {
    const queue = new RunQueue();
    const log: string[] = [];
    const task = (name: string) => async () => {
      log.push(`${name} starts`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push(`${name} ends`);
    };
    await Promise.all(['a', 'b'].map((name) => queue.run(task(name), never)));
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  });

  it('lets a short call slip in between the runs of a long one', async () => {
    const queue = new RunQueue();
    const log: string[] = [];
    const long = (async () => {
      for (let i = 0; i < 3; i++) await queue.run(() => Promise.resolve(void log.push('long')), never);
    })();
    const short = queue.run(() => Promise.resolve(void log.push('short')), never);
    await Promise.all([long, short]);
    expect(log).toEqual(['long', 'short', 'long', 'long']);
  });

  it('skips a cancelled task and goes on after a failed one', async () => {
    const queue = new RunQueue();
    const controller = new AbortController();
    const failing = queue.run(() => Promise.reject(new Error('no')), never);
    const cancelled = queue.run(() => Promise.reject(new Error('must not start')), controller.signal);
    const last = queue.run(() => Promise.resolve('done'), never);
    controller.abort();
    await expect(failing).rejects.toThrow('no');
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await expect(last).resolves.toBe('done');
  });
});
