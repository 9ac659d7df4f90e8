import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineClient } from '../../src/engine/client';
import { RestartPolicy } from '../../src/engine/restartPolicy';
import { runCheckFile, runLabelledLines } from './foreignTexts';
import { type FuzzKind, randomOf, readBaseModels, writeCase } from './fuzzCase';
import { HubFuzz } from './hubAnswers';
import { runLensCall } from './lensCalls';
import { type Outcome, runCase } from './runCase';

/** Milliseconds that the engine may take before it is ended, shorter than what readers are given. */
const limits = { load: 15_000, call: 10_000, grace: 1_000 };
/** Milliseconds after which a case counts as hung in spite of these limits: three questions at their limits. */
const caseLimit = 60_000;
/** Milliseconds that the extension host may be kept from its other work. */
const hostLimit = 5_000;

export interface FuzzedCase {
  readonly kind: FuzzKind;
  readonly seed: number;
  readonly mutations: readonly string[];
  readonly outcome: Outcome;
  readonly milliseconds: number;
}

export interface FuzzOptions {
  readonly root: string;
  /** Script of the engine's process. */
  readonly engine: string;
  readonly onCase?: (result: FuzzedCase) => void;
  /** A line that the engine wrote: stacks of errors that nobody foresaw. */
  readonly onLog?: (line: string) => void;
}

/** Runs cases one after the other in one engine, which is started again whenever a case costs it its life. */
export class Fuzz {
  /** Engines that were started, the first included. */
  engines = 0;
  private readonly bases;
  private readonly client: EngineClient;
  private readonly folder = mkdtempSync(join(tmpdir(), 'headlight-fuzz-'));
  private pid: number | undefined;
  /** Started when first asked for. */
  private hub: Promise<HubFuzz> | null = null;

  constructor(private readonly options: FuzzOptions) {
    this.bases = readBaseModels(join(options.root, 'test', 'fixtures'));
    this.client = new EngineClient({
      entry: options.engine,
      setup: { builtInModels: join(options.root, 'models'), storage: null },
      timeouts: limits,
      restartPolicy: RestartPolicy.create(1, 1),
    });
    this.client.onLog((line) => options.onLog?.(line));
    this.client.onStatus(() => {
      const { pid } = this.client;
      if (pid !== undefined && pid !== this.pid) this.engines++;
      this.pid = pid ?? this.pid;
    });
  }

  /** Runs one case. A case that hangs beyond all limits, or blocks this process, is a bug. */
  async run(kind: FuzzKind, seed: number): Promise<FuzzedCase> {
    // A folder of its own: the engine remembers what it loaded by its path.
    const folder = join(this.folder, `${kind}-${seed}`);
    const started = performance.now();
    let lastTick = started;
    let longestPause = 0;
    const ticks = setInterval(() => {
      longestPause = Math.max(longestPause, performance.now() - lastTick);
      lastTick = performance.now();
    }, 100);
    const { mutations, outcome: found } = await this.ask(kind, seed, folder);
    let outcome = found;
    clearInterval(ticks);
    if (longestPause > hostLimit) outcome = { state: 'bug', message: `The host was blocked for ${longestPause.toFixed(0)} ms.` };
    rmSync(folder, { recursive: true, force: true });
    const result = { kind, seed, mutations, outcome, milliseconds: performance.now() - started };
    this.options.onCase?.(result);
    return result;
  }

  private async ask(kind: FuzzKind, seed: number, folder: string): Promise<Pick<FuzzedCase, 'mutations' | 'outcome'>> {
    if (kind === 'hub-answers') {
      this.hub ??= HubFuzz.start(join(this.options.root, 'test', 'fixtures'));
      return orHang((await this.hub).run(seed, folder));
    }
    const fixtures = join(this.options.root, 'test', 'fixtures');
    const random = randomOf(kind, seed);
    if (kind === 'lens-calls') return orHang(runLensCall(this.client, random, fixtures));
    if (kind === 'labelled-lines') return orHang(runLabelledLines(this.client, random, fixtures));
    if (kind === 'check-files') return orHang(runCheckFile(random, this.options.root));
    const mutations = writeCase(kind, seed, this.bases, folder);
    return { mutations, outcome: await Promise.race([runCase(this.client, folder), hang()]) };
  }

  /** Whether a model that is whole is answered for by the engine as it is now. */
  async isWell(): Promise<boolean> {
    const model = join(this.options.root, 'test', 'fixtures', 'models', 'bert-tiny');
    return (await runCase(this.client, model)).state === 'answered';
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
    await (await this.hub)?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function orHang<T extends Pick<FuzzedCase, 'mutations' | 'outcome'>>(run: Promise<T>): Promise<T | Pick<FuzzedCase, 'mutations' | 'outcome'>> {
  return Promise.race([run, hang().then((outcome) => ({ mutations: [], outcome }))]);
}

function hang(): Promise<Outcome> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve({ state: 'bug', message: `No answer within ${caseLimit / 1000} s: neither the call's limit nor the load's ended it.` });
    }, caseLimit).unref();
  });
}
