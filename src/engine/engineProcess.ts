import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { HeadlightError } from '../errors';
import type { HeldModel } from './modelCache';
import { type EngineSetup, heldNotification, loadingNotification, readyNotification } from './protocol';

export interface EngineProcessOptions {
  /** Script of the engine process, `dist/engine.js`. */
  readonly entry: string;
  readonly setup: EngineSetup;
  /** Environment variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds that the process may take until it is ready. */
  readonly startTimeout: number;
  readonly onLog: (line: string) => void;
  /** A model starts to load (its id), or has ended loading (null). */
  readonly onLoading: (model: string | null) => void;
  /** Other models are in memory than before. */
  readonly onHeld: (held: readonly HeldModel[]) => void;
}

/** One child process and the connection to it. */
export class EngineProcess {
  readonly connection: MessageConnection;
  /** Rejects with the cause once the process is gone; never resolves. */
  readonly gone: Promise<never>;
  /** The model that is being loaded: while it is, the process answers nothing. */
  loading: string | null = null;
  private readonly ready: Promise<void>;
  private cause: HeadlightError | null = null;
  private lastLine = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: EngineProcessOptions,
  ) {
    this.connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
    this.ready = new Promise((resolve) => this.connection.onNotification(readyNotification, resolve));
    this.connection.onNotification(loadingNotification, ({ target, loading }) => {
      this.loading = loading ? target.model : null;
      options.onLoading(this.loading);
    });
    this.connection.onNotification(heldNotification, options.onHeld);
    this.gone = this.watchEnd();
    // A process may end while nobody waits for it.
    this.gone.catch(() => undefined);
    for (const stream of [child.stdout, child.stderr]) if (stream) this.log(stream);
    this.connection.listen();
  }

  /**
   * Forks the process and waits until it is ready.
   * @throws HeadlightError `engine-died` when it ends first, `engine-hung` when it takes too long
   */
  static async start(options: EngineProcessOptions): Promise<EngineProcess> {
    const child = fork(options.entry, [JSON.stringify(options.setup)], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Debugger flags of the parent would make both listen on one port.
      // So that a model's file is let go once the runtime holds it, see main.ts.
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...options.env },
    });
    const engine = new EngineProcess(child, options);
    const timer = setTimeout(() => {
      engine.kill(startHung(options.startTimeout));
    }, options.startTimeout);
    try {
      await Promise.race([engine.ready, engine.gone]);
    } finally {
      clearTimeout(timer);
    }
    return engine;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Whether messages can still be sent. */
  isAlive(): boolean {
    return this.child.connected;
  }

  /** Ends the process at once; `cause` is what pending requests are told. */
  kill(cause: HeadlightError): void {
    this.cause ??= cause;
    this.child.kill('SIGKILL');
  }

  private watchEnd(): Promise<never> {
    return new Promise((_, reject) => {
      const end = (how: string): void => {
        // In this order: who waits is told the cause, not that the connection was lost.
        reject(this.cause ?? died(how, this.lastLine));
        this.connection.dispose();
      };
      this.child.once('error', (error) => {
        end(error.message);
      });
      this.child.once('close', (code, signal) => {
        end(signal ? `killed by ${signal}` : `exit code ${String(code)}`);
      });
      // Without its channel the process can neither be asked nor told to stop.
      this.child.once('disconnect', () => this.child.kill('SIGKILL'));
    });
  }

  private log(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim()) this.lastLine = line.trim();
      this.options.onLog(line);
    });
  }
}

function died(how: string, lastLine: string): HeadlightError {
  const said = lastLine ? ` Its last words: ${lastLine}` : '';
  return new HeadlightError(
    'engine-died',
    `The engine ended unexpectedly (${how}). Try again: it is started anew. If this keeps happening, set the device ` +
      `to cpu, choose a smaller model, or look into the log.${said}`,
  );
}

function startHung(timeout: number): HeadlightError {
  return new HeadlightError(
    'engine-hung',
    `The engine did not start within ${timeout / 1000} s and was stopped. Try again, or look into the log.`,
  );
}
