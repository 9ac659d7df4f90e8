import { isMainThread } from 'node:worker_threads';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { Engine, type ModelLoader } from './engine';
import { availableDevices, loadModel } from './loadModel';
import { usualBudget } from './memoryBudget';
import { budgetNotification, type EngineSetup, heldNotification, loadingNotification, readyNotification, unloadRequest } from './protocol';
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
  const engine = new Engine(load, {
    onLoading: (target, loading) => void connection.sendNotification(loadingNotification, { target, loading }),
    onHeld: (held) => void connection.sendNotification(heldNotification, held),
  }, availableDevices);
  connection.onNotification(budgetNotification, (bytes) => void engine.setBudget(bytes ?? usualBudget()));
  connection.onRequest(unloadRequest, async () => {
    await engine.unload();
    globalThis.gc?.();
    return null;
  });
  serve(connection, completed(engine, setup));
  connection.listen();
  void connection.sendNotification(readyNotification);
}
