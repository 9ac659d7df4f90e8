import { InferenceSession, type OnnxValue, Tensor as OnnxTensor } from 'onnxruntime-node';
import { HeadlightError } from '../../errors';
import type { DeviceName, Tensor } from '../../lenses/model';
import { halfToSingle } from '../../onnx/halfFloats';
import { requireMemory } from '../memoryBudget';
import type { Held } from './held';
import { loadError, runError } from './runtimeErrors';

/** Integers to feed, row-major with their shape. */
export interface IntegerFeed {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

export type Feeds = Readonly<Record<string, IntegerFeed | Held>>;

/** A graph for the runtime. */
export interface OpenableGraph {
  /** Serialized `ModelProto`. */
  readonly bytes: Uint8Array;
  /** What names of weight files in the graph are relative to. */
  readonly weightsFolder: string;
  /** Bytes of the graph and its weights. */
  readonly size: number;
}

/** A graph loaded on one device. */
export class OnnxSession {
  private constructor(
    readonly device: DeviceName,
    /** Of the graph and its weights, as they were given to the runtime. */
    readonly bytes: number,
    private readonly session: InferenceSession,
  ) {}

  /**
   * @param threads on the cpu; 0 for as many as there are cores
   * @throws HeadlightError `device-unavailable`, or `model-broken` on the cpu, with the runtime's own words, `out-of-memory`, or `cannot-instrument` for
   *   operators that only a library could compute
   */
  static async open({ bytes, weightsFolder, size }: OpenableGraph, device: DeviceName, threads = 0): Promise<OnnxSession> {
    requireMemory(size);
    try {
      const session = await InferenceSession.create(bytes, {
        executionProviders: [device],
        intraOpNumThreads: threads,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4,
        extra: {
          session: {
            // Threads that spin while they wait take time from the editor, and beside other work from the run itself.
            intra_op: { allow_spinning: '0' },
            model_external_initializers_file_folder_path: weightsFolder,
          },
        },
      });
      return new OnnxSession(device, size, session);
    } catch (error) {
      throw loadError(device, error);
    }
  }

  get inputs(): readonly string[] {
    return this.session.inputNames;
  }

  get outputs(): readonly string[] {
    return this.session.outputNames;
  }

  /**
   * Runs the graph and returns the outputs named in `fetches`. The process does nothing else meanwhile.
   * @throws HeadlightError `cannot-instrument` for an output that is neither fp32 nor fp16, `run-failed` with the runtime's
   *   own words, or `out-of-memory`
   */
  async run(feeds: Feeds, fetches: readonly string[]): Promise<Map<string, Tensor>> {
    return (await this.runHolding(feeds, fetches, [])).results;
  }

  /** The same with outputs, named in `hold`, that stay as the runtime made them, to be fed to another run. */
  async runHolding(
    feeds: Feeds,
    fetches: readonly string[],
    hold: readonly string[],
  ): Promise<{ readonly results: Map<string, Tensor>; readonly held: Map<string, Held> }> {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, feed]) => [
        name,
        'values' in feed ? this.integers(name, feed) : feed,
      ]),
    );
    const results = await this.session.run(inputs, [...fetches, ...hold]).catch((error: unknown) => Promise.reject(runError(this.device, error)));
    return {
      results: new Map(fetches.map((name) => [name, floats(name, results[name]!)])),
      held: new Map(hold.map((name) => [name, results[name] as Held])),
    };
  }

  /** ONNX Runtime's transformer optimizer makes inputs of 32 bits. */
  private integers(name: string, { values, dims }: IntegerFeed): OnnxTensor {
    const metadata = this.session.inputMetadata.find((input) => input.name === name);
    if (metadata?.isTensor && metadata.type === 'int32') return new OnnxTensor('int32', Int32Array.from(values), dims);
    return new OnnxTensor('int64', wide(values), dims);
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

/** As 64-bit integers, by their halves: made of a BigInt each, they would take ten times as long. */
function wide(values: readonly number[]): BigInt64Array {
  const result = new BigInt64Array(values.length);
  const halves = new Int32Array(result.buffer);
  for (let i = 0; i < values.length; i++) {
    halves[2 * i] = values[i]!;
    if (values[i]! < 0) halves[2 * i + 1] = -1;
  }
  return result;
}

function floats(name: string, value: OnnxValue): Tensor {
  if (value instanceof OnnxTensor) {
    if (value.data instanceof Float32Array) return { dims: value.dims, data: value.data };
    if (value.type === 'float16') return { dims: value.dims, data: halfToSingle(value.data as Uint16Array) };
  }
  throw new HeadlightError(
    'cannot-instrument',
    `The model computes "${name}" as ${value.type}, which cannot be shown. Export it in fp32 or fp16.`,
  );
}
