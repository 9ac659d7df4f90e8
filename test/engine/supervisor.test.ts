import { describe, expect, it } from 'vitest';
import { Lanes } from '../../src/engine/lanes';
import { fromResponseError, toResponseError } from '../../src/engine/protocol';
import { RestartPolicy } from '../../src/engine/restartPolicy';
import { HeadlightError } from '../../src/errors';

describe('RestartPolicy', () => {
  it('waits not at all, then twice as long each time, up to the cap', () => {
    let policy = RestartPolicy.create(100, 350);
    const delays = [policy.delay];
    for (let i = 0; i < 4; i++) {
      policy = policy.next();
      delays.push(policy.delay);
    }
    expect(delays).toEqual([0, 100, 200, 350, 350]);
    expect(policy.reset().delay).toBe(0);
    expect(policy.reset().next().delay).toBe(100);
  });

  it('is a value: the next one leaves it as it was', () => {
    const policy = RestartPolicy.create(100, 350);
    policy.next();
    expect(policy.delay).toBe(0);
  });
});

describe('Lanes', () => {
  it('abort the earlier call of the same lane only', () => {
    const lanes = new Lanes();
    const [first, other] = [lanes.enter('a', undefined), lanes.enter('b', undefined)];
    const second = lanes.enter('a', undefined);
    expect([first, other, second].map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
  });

  it('leave calls without a lane alone, and abort with the caller', () => {
    const lanes = new Lanes();
    const controller = new AbortController();
    const calls = [lanes.enter(undefined, undefined), lanes.enter(undefined, controller.signal)];
    lanes.enter(undefined, undefined);
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    controller.abort();
    expect(calls.map(({ signal }) => signal.aborted)).toEqual([false, true]);
  });

  it('forget a call that has left', () => {
    const lanes = new Lanes();
    const first = lanes.enter('a', undefined);
    first.leave();
    lanes.enter('a', undefined);
    expect(first.signal.aborted).toBe(false);
  });
});

describe('errors between the processes', () => {
  it('keep code and message', () => {
    const revived = fromResponseError(toResponseError(new HeadlightError('empty-text', 'Select some text.')));
    expect(revived).toBeInstanceOf(HeadlightError);
    expect(revived).toMatchObject({ code: 'empty-text', message: 'Select some text.' });
  });

  it('leave other errors alone', () => {
    const error = new TypeError('other');
    expect(fromResponseError(error)).toBe(error);
  });
});
