import { isMainThread } from 'node:worker_threads';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { Engine, type ModelLoader } from './engine';
import { loadModel } from './loadModel';
import { LoadedModels, loadedModelsRequest } from './loadedModels';
import { type EngineSetup, loadingNotification, readyNotification } from './protocol';
import { serve } from './server';
import { serveWords } from './session/wordThread';
import { completed } from './withoutModel';

/**
 * Entry of the engine process: `node engine.js SETUP`, forked with an IPC channel and advanced serialization. The same
 * script is started as a thread by `WordThreads`.
 */
if (isMainThread) serveProcess(JSON.parse(process.argv[2] ?? '') as EngineSetup);
else void serveWords();

function serveProcess(setup: EngineSetup): void {
  process.on('disconnect', () => process.exit(0));
  process.on('uncaughtException', (error) => {
    console.error(error);
    process.exit(1);
  });

  const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));
  /** Loads a model, and gives back at once what that took: copies of its file, which would else stay until V8 sees a need. */
  const load = async (...[target, signal]: Parameters<ModelLoader>): ReturnType<ModelLoader> => {
    const model = await loadModel(target, setup, signal, __filename);
    globalThis.gc?.();
    return model;
  };
  const loaded = new LoadedModels();
  const engine = new Engine(loaded.watch(load), {
    onLoading: (target, loading) => void connection.sendNotification(loadingNotification, { target, loading }),
  });
  serve(connection, completed(engine, setup));
  connection.onRequest(loadedModelsRequest, () => loaded.list());
  connection.listen();
  void connection.sendNotification(readyNotification);
}
