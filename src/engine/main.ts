import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { Engine } from './engine';
import { loadModel } from './loadModel';
import { type EngineSetup, loadingNotification, readyNotification } from './protocol';
import { serve } from './server';

/** Entry of the engine process: `node engine.js SETUP`, forked with an IPC channel and advanced serialization. */
const setup = JSON.parse(process.argv[2] ?? '') as EngineSetup;

process.on('disconnect', () => process.exit(0));
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});

const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
/** Loads a model, and gives back at once what that took: copies of its file, which would else stay until V8 sees a need. */
const load: typeof loadModel = async (...of) => {
  const model = await loadModel(...of);
  globalThis.gc?.();
  return model;
};
const engine = new Engine((target, signal) => load(target, setup, signal), {
  onLoading: (target, loading) => void connection.sendNotification(loadingNotification, { target, loading }),
});
serve(connection, engine);
connection.listen();
void connection.sendNotification(readyNotification);
