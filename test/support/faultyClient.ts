import { afterEach, beforeAll } from 'vitest';
import { EngineClient, type EngineClientOptions } from '../../src/engine/client';
import { RestartPolicy } from '../../src/engine/restartPolicy';
import { bundle } from './bundle';

/**
 * Makes clients of the engine that misbehaves on demand (`faultyEngine.ts`), and disposes of the last one after each
 * test. To be called once, at the top of a test file.
 */
export function faultyClients(): (options?: Partial<EngineClientOptions>) => EngineClient {
  const setup = { builtInModels: '/nowhere', storage: null };
  let entry = '';
  let client: EngineClient | undefined;
  beforeAll(async () => {
    entry = await bundle('test/support/faultyEngine.ts');
  });
  afterEach(() => client?.dispose());
  return (options = {}) => (client = new EngineClient({ entry, setup, restartPolicy: RestartPolicy.create(10, 100), ...options }));
}
