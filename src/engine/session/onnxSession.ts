import { InferenceSession, type OnnxValue, Tensor as OnnxTensor } from 'onnxruntime-node';
import { HeadlightError } from '../../errors';
import type { DeviceName, Tensor } from '../../lenses/model';
import { halfToSingle } from '../../onnx/halfFloats';
import type { Held } from './held';

/** Integers to feed, row-major with their shape. */
export interface IntegerFeed {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

export type Feeds = Readonly<Record<string, IntegerFeed | Held>>;

/** A graph loaded on one device. */
export class OnnxSession {
  private constructor(
    readonly device: DeviceName,
    private readonly session: InferenceSession,
  ) {}

  /**
   * @param graph serialized `ModelProto`
   * @param weightsFolder what names of weight files in the graph are relative to; null where it names none
   * @param threads on the cpu; 0 for as many as there are cores
   * @throws HeadlightError `device-unavailable` with the runtime's own words
   */
  static async open(graph: Uint8Array, weightsFolder: string | null, device: DeviceName, threads = 0): Promise<OnnxSession> {
    try {
      const session = await InferenceSession.create(graph, {
        executionProviders: [device],
        intraOpNumThreads: threads,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 4,
        extra: {
          session: {
            // Threads that spin while they wait take time from the editor, and beside other work from the run itself.
            intra_op: { allow_spinning: '0' },
            ...(weightsFolder === null ? {} : { model_external_initializers_file_folder_path: weightsFolder }),
          },
        },
      });
      return new OnnxSession(device, session);
    } catch (error) {
      throw new HeadlightError(
        'device-unavailable',
        `The model could not be loaded on ${device}: ${runtimeWords(error)}. Choose another device or model.`,
        { cause: error },
      );
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
   * @throws HeadlightError `cannot-instrument` for an output that is neither fp32 nor fp16
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
    const results = await this.session.run(inputs, [...fetches, ...hold]);
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

/** What the runtime said, without the place in its source that it puts in front. */
function runtimeWords(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  return line.replace(/^\S+\.(?:cc|h):\d+ .*? was false\. /, '').replace(/\.$/, '');
}
