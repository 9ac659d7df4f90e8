import { parseArgs } from 'node:util';
import { HeadlightError } from '../errors';
import type { LensMethod, LensRequest, LensResult } from '../lenses/calls';
import type { Target, WithoutTarget } from '../lenses/model';
import { helpOf, overview } from './help';
import { LocalEngine } from './localEngine';
import { joinNegativeNumbers, joinOptionalValues } from './options';
import { statedSwitches, switchedTarget, switchOptions } from './switchOptions';
import { Output } from './output';
import { targetOf } from './target';
import { FileError } from './textFile';
import { type OptionValues, UsageError, type Verb, type VerbContext } from './verb';
import { verbs } from './verbs';

const commonOptions = {
  json: { type: 'boolean' },
  model: { type: 'string' },
  device: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Runs one command line.
 * @param builtInModels folder of the models that come with Headlight
 * @returns the exit code: 0 done, 1 failed, 2 not understood, or what the verb ends with
 */
export async function run(args: readonly string[], builtInModels: string): Promise<number> {
  const [name = '', ...rest] = args;
  if (['', '--help', '-h', 'help'].includes(name)) {
    process.stdout.write(overview(verbs));
    return name === '' ? 2 : 0;
  }
  const verb = verbs.find((candidate) => candidate.name === name);
  let done = 0;
  try {
    if (!verb) throw new UsageError(`There is no verb "${name}".`);
    await runVerb(verb, rest, builtInModels, (code) => { done = code; });
    return done;
  } catch (error) {
    process.stderr.write(`headlight: ${explain(error)}\n`);
    if (!(error instanceof UsageError)) return Math.max(1, done);
    process.stderr.write(`Run "headlight ${verb ? `${verb.name} ` : ''}--help" for help.\n`);
    return 2;
  }
}

async function runVerb(verb: Verb, args: readonly string[], builtInModels: string, exit: VerbContext['exit']): Promise<void> {
  const { words, options } = parse(verb, args);
  if (options['help'] === true) {
    process.stdout.write(helpOf(verb));
    return;
  }
  const [fewest, most] = verb.words;
  if (words.length < fewest || words.length > most) {
    throw new UsageError(`Usage: headlight ${verb.usage}. A text of several words goes in quotes.`);
  }
  const whole = targetOf(options, verb.model);
  const output = new Output(process.stdout, options['json'] === true);
  const engine = new LocalEngine(builtInModels);
  try {
    const target = verb.switchable ? await switchedTarget(whole, options, () => engine.call('model/load', whole, { signal: output.signal })) : whole;
    if (target.switches) output.stated = statedSwitches(target.switches);
    const call = <M extends LensMethod>(
      method: M,
      request: WithoutTarget<LensRequest<M>>,
      chosen: Target = target,
    ): Promise<LensResult<M>> =>
      engine.call(method, { ...request, ...chosen }, { signal: output.signal });
    await verb.run({ words, options, target, builtInModels, output, input: process.stdin, signal: output.signal, exit, call });
  } catch (error) {
    // With nobody left to read, there is nobody to tell either.
    if (!output.signal.aborted) throw error;
  } finally {
    await engine.dispose();
  }
}

function parse(verb: Verb, args: readonly string[]): { readonly words: string[]; readonly options: OptionValues } {
  try {
    const { positionals, values } = parseArgs({
      args: joinOptionalValues(joinNegativeNumbers(args), verb.optionalValues ?? []),
      options: { ...verb.options, ...(verb.switchable && switchOptions), ...commonOptions },
      allowPositionals: true,
    });
    return { words: positionals, options: values };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What the user is told: a known failure in its own words, an unforeseen one with its stack. */
function explain(error: unknown): string {
  if (error instanceof HeadlightError || error instanceof UsageError || error instanceof FileError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
