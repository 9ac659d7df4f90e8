import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '../support/bundle';
import { Fuzz } from './fuzz';
import { fuzzKinds } from './fuzzCase';

const root = join(import.meta.dirname, '..', '..');
/** Milliseconds for each kind: the long run is `npm run fuzz`. */
const timeBox = 5_000;

let fuzz: Fuzz;
beforeAll(async () => {
  fuzz = new Fuzz({ root, engine: await bundle('src/engine/main.ts') });
});
afterAll(() => fuzz.dispose());

it.each(fuzzKinds)('%s: each mutated model is answered for or refused with a message, or ends the engine alone', async (kind) => {
  const end = performance.now() + timeBox;
  for (let seed = 0; seed === 0 || performance.now() < end; seed++) {
    const { mutations, outcome } = await fuzz.run(kind, seed);
    expect(outcome, `npm run fuzz -- --kind ${kind} --seed ${seed} --cases 1 [${mutations.join('; ')}]`).not.toMatchObject({ state: 'bug' });
  }
});

it('a whole model is answered for afterwards', async () => {
  expect(await fuzz.isWell()).toBe(true);
});
