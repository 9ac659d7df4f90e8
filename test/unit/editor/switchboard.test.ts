import { expect, it, vi } from 'vitest';
import { allOn, withHead, withLayer } from '../../../src/lenses/whatIf/chosen';

vi.mock('vscode', () => ({
  EventEmitter: class {
    private readonly listeners = new Set<(value: unknown) => void>();
    readonly event = (listener: (value: unknown) => void) => {
      this.listeners.add(listener);
      return { dispose: () => this.listeners.delete(listener) };
    };
    fire(value: unknown): void {
      for (const listener of this.listeners) listener(value);
    }
    dispose(): void {
      this.listeners.clear();
    }
  },
}));

const { Switchboard } = await import('../../../src/editor/whatIf/switchboard');

function board(current = () => 'encoder') {
  const kept = new Map<string, unknown>();
  const storage = {
    get: <T>(key: string, otherwise: T): T => (kept.get(key) as T | undefined) ?? otherwise,
    update: (key: string, value: unknown) => {
      kept.set(key, structuredClone(value));
      return Promise.resolve();
    },
  };
  const switchboard = new Switchboard(storage, current);
  const told: string[] = [];
  switchboard.onChange((model) => told.push(model));
  return { switchboard, told, again: () => new Switchboard(storage, current) };
}

const off = withHead(allOn, { part: 'encoder', layer: 3, head: 4 });
const layer = withLayer(allOn, { part: 'decoder', layer: 1 });

it('holds one set a model, and tells whose it is that changed', () => {
  let current = 'encoder';
  const { switchboard, told } = board(() => current);
  switchboard.set(off);
  switchboard.set(layer, 'decoder');
  expect([switchboard.of(), switchboard.of('decoder'), switchboard.of('other')]).toEqual([off, layer, allOn]);
  current = 'other';
  expect(switchboard.of()).toBe(allOn);
  expect(switchboard.state).toEqual({ inForce: 'other', models: { encoder: { off, named: [] }, decoder: { off: layer, named: [] } } });
  switchboard.allOn();
  expect([switchboard.switched, switchboard.of('encoder')]).toEqual([[], allOn]);
  expect(told).toEqual(['encoder', 'decoder', 'encoder', 'decoder']);
});

it('keeps named sets by model for the next window, where all is on', async () => {
  const { switchboard, again } = board();
  switchboard.set(off);
  await switchboard.keep([{ name: 'one', switches: off }]);
  await switchboard.keep([{ name: 'other', switches: layer }], 'decoder');
  const next = again();
  expect([next.of(), next.named(), next.named('decoder')]).toEqual([allOn, [{ name: 'one', switches: off }], [{ name: 'other', switches: layer }]]);
  await next.keep([]);
  expect(next.state.models).toEqual({ decoder: { off: allOn, named: [{ name: 'other', switches: layer }] } });
});
