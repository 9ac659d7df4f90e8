import type { ParseArgsConfig } from 'node:util';
import type { LensMethod, LensRequest, LensResult } from '../lenses/calls';
import type { Target, WithoutTarget } from '../lenses/model';
import type { Output } from './output';

/** Values of the options that were given, by name; each option holds text, several texts, or is a switch. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** What a verb may use. */
export interface VerbContext {
  /** What stands on the command line beside options. */
  readonly words: readonly string[];
  readonly options: OptionValues;
  /** The chosen model and device. */
  readonly target: Target;
  /** Folder of the models that come with Headlight. */
  readonly builtInModels: string;
  readonly output: Output;
  readonly input: NodeJS.ReadableStream;
  /** Aborted when nobody reads the output any more. */
  readonly signal: AbortSignal;
  /** Sets the code that the process ends with, where it is not 0 for done. */
  readonly exit: (code: number) => void;
  /** Asks the engine, which is loaded at the first call, about `target` or another model. */
  readonly call: <M extends LensMethod>(
    method: M,
    request: WithoutTarget<LensRequest<M>>,
    target?: Target,
  ) => Promise<LensResult<M>>;
}

/** One verb of the command line. */
export interface Verb {
  readonly name: string;
  /** One line, for the list of verbs. */
  readonly summary: string;
  /** Command line after `headlight`, for example `predict TEXT [--top K]`. */
  readonly usage: string;
  /** Fewest and most words beside options. */
  readonly words: readonly [number, number];
  /** The built-in model that is asked where no other is named; the encoder where it is not given. */
  readonly model?: string;
  /** Options beside the common ones. */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Whether it can be asked with some of the model off (`switchOptions`). */
  readonly switchable?: boolean;
  /** Those of the options with a value that may be left out, which is then empty. */
  readonly optionalValues?: readonly string[];
  /** What the verb prints, its options and conventions. */
  readonly help: string;
  run(context: VerbContext): Promise<void>;
}

/** A command line that cannot be understood; the process ends with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
