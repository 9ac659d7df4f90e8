import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { Engine } from '../../src/engine/engine';
import { loadingNotification, readyNotification } from '../../src/engine/protocol';
import { serve } from '../../src/engine/server';
import { completed } from '../../src/engine/withoutModel';
import { HeadlightError } from '../../src/errors';
import { fakeModel } from './fakeModel';

/**
 * An engine process over a fake model that misbehaves on demand, by the name of the model that is asked for or by an
 * environment variable.
 */
if (process.env['FAULT'] === 'exit-at-start') {
  console.error('no licence for this machine');
  process.exit(3);
}

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
const engine = new Engine(
  async ({ model }) => {
    if (model === 'broken') throw new HeadlightError('model-broken', 'The file is broken. Export it again.');
    if (model === 'slow-load') await sleep(300);
    if (model === 'hang-at-load') block(60_000);
    if (model === 'block-at-load') block(1_000);
    return fakeModel({
      info: { id: model },
      onRun: async () => {
        if (model === 'slow') await sleep(400);
        if (model === 'short-blocks') block(40);
        if (model === 'hang') block(60_000);
        if (model === 'crash') process.kill(process.pid, 'SIGSEGV');
        if (model === 'bug') throw new TypeError('undefined is not a tensor');
      },
    });
  },
  { onLoading: (target, loading) => void connection.sendNotification(loadingNotification, { target, loading }) },
);
process.on('disconnect', () => process.exit(0));
serve(connection, completed(engine, { builtInModels: '' }));
connection.listen();
if (process.env['FAULT'] !== 'never-ready') void connection.sendNotification(readyNotification);

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Blocks the event loop, as a native run does. */
function block(milliseconds: number): void {
  const end = Date.now() + milliseconds;
  while (Date.now() < end);
}
