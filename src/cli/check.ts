import { dirname, resolve } from 'node:path';
import { HeadlightError, isCancelled } from '../errors';
import type { LensService } from '../lenses/calls';
import { checkModelPath } from '../lenses/checks/modelPath';
import { parseChecks } from '../lenses/checks/parse';
import { expectationText, withHash } from '../lenses/checks/print';
import { type CheckResult, runChecks } from '../lenses/checks/run';
import type { Target } from '../lenses/model';
import { LinePlaces } from '../text/linePlaces';
import { excerpt, visibleLine } from '../text/visibleText';
import { findCheckFiles } from './checkFiles';
import { junit } from './junit';
import { text as textOption } from './options';
import { modelOf } from './target';
import { FileError, readTextFile } from './textFile';
import type { Verb, VerbContext } from './verb';
import { writeWholeFile } from './writeFile';

/** One expectation with what came of it. */
export interface CheckedLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly check: string;
  readonly status: CheckResult['status'];
  /** Null where nothing could be measured. */
  readonly measured: number | null;
  readonly message: string;
  readonly seconds: number;
}

export interface CheckedFile {
  readonly file: string;
  /** Null for a file that names none. */
  readonly model: string | null;
  readonly checks: readonly CheckedLine[];
  /** Lines that cannot be understood, and files that cannot be read. */
  readonly problems: readonly { readonly line: number; readonly column: number; readonly message: string }[];
}

/** `check FILES…`: whether a model does what files of checks expect of it. */
export const check: Verb = {
  name: 'check',
  summary: 'whether a model does what files of checks expect of it; for continuous integration',
  usage: 'check FILES… [--junit FILE] [--any-model] [--update]',
  words: [1, Infinity],
  options: {
    junit: { type: 'string' },
    'any-model': { type: 'boolean' },
    update: { type: 'boolean' },
  },
  help: `Runs what stands in files of checks (*.headlight-check), which live beside the code that relies on a model:

  model: encoder
  hash: 3f9c…                     of the model's weights; optional

  text: The cow jumped over the moon.
    head 3.4: jumped → cow >= 0.1      attention, of head 4 in layer 3 (also: cross 2.1, decoder 2.1)
    P(moon) rank <= 10                 with the word masked where it stands, or P(sun) at moon >= 0.01
    effect of head 5.1 on P(moon) < 0  what it says without the head less what it says with it
FILES are files, folders, or patterns in quotes. See "Heads as tests" in the README for all that can be expected.

  --model M       check this model, in place of the one that each file names
  --any-model     also where the hash of the model is not the file's
  --update        write the hash of the model into each file first
  --junit FILE    write the results as JUnit XML too

JSON: {files: [{file, model, checks: [{line, text, check, status: passed | failed | error, measured, message, seconds}],
       problems: [{line, column, message}]}], passed, failed, errors}
"measured" is null for an error: a model that is missing, that has another hash, or that cannot be asked this. "problems"
are lines that cannot be understood. The exit code is 0 where all pass, 1 where some fail, and 2 where there are errors.`,

  async run(context) {
    const { exit, options, output, signal, words } = context;
    const files: CheckedFile[] = [];
    for (const file of await findCheckFiles(words).catch(toEnd(context))) {
      if (signal.aborted) return;
      const checked = await checkFile(file, context);
      files.push(checked);
      if (!output.json) await printFile(checked, context);
    }
    const counted = files.flatMap(({ checks }) => checks);
    const count = (status: CheckResult['status']): number => counted.filter((one) => one.status === status).length;
    const [passed, failed, errors] = [count('passed'), count('failed'), count('error') + files.reduce((sum, { problems }) => sum + problems.length, 0)];
    const xml = textOption(options, 'junit');
    if (xml !== undefined) await writeWholeFile(xml, junit(files));
    if (output.json) await output.writeJson({ files, passed, failed, errors });
    else await output.line(`${passed} passed, ${failed} failed, ${errors} ${errors === 1 ? 'error' : 'errors'}`);
    exit(errors > 0 ? 2 : failed > 0 ? 1 : 0);
  },
};

/** A command line that names nothing that can be run ends with code 2, as an error of a check does. */
function toEnd({ exit }: VerbContext) {
  return (error: unknown): never => {
    exit(2);
    throw error;
  };
}

async function checkFile(file: string, context: VerbContext): Promise<CheckedFile> {
  let source: string;
  try {
    source = await readTextFile(file);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { file, model: null, checks: [], problems: [{ line: 1, column: 1, message: error.message }] };
  }
  let read = parseChecks(source);
  const model = modelFor(read.file?.model.value, file, context);
  const target: Target = { model: model ?? '', device: context.target.device };
  const problems: CheckedFile['problems'][number][] = read.faults.map(({ message, start }) => {
    const { column, line } = new LinePlaces(source).at(start);
    return { line: line + 1, column: column + 1, message };
  });
  if (!read.file) return { file, model, checks: [], problems };
  if (context.options['update'] === true && problems.length === 0) {
    try {
      const { hash } = await context.call('model/hash', {}, target);
      const updated = withHash(source, read.file, hash);
      if (updated !== source) await writeWholeFile(file, updated);
      [source, read] = [updated, parseChecks(updated)];
    } catch (error) {
      if (!(error instanceof HeadlightError) || isCancelled(error)) throw error;
      problems.push({ line: 1, column: 1, message: error.message });
    }
  }
  const checks: CheckedLine[] = [];
  const places = new LinePlaces(source);
  let since = performance.now();
  const service: LensService = { call: (method, { model: asked, device, ...request }) => context.call(method, request as never, { model: asked, device, ...('switches' in request && { switches: request.switches }) }) };
  await runChecks(read.file!, service, target, {
    anyModel: context.options['any-model'] === true,
    onResult: (expectation, { text }, result) => {
      const now = performance.now();
      checks.push({
        line: places.at(expectation.range.start).line + 1,
        text,
        check: expectationText(expectation),
        status: result.status,
        measured: result.status === 'error' ? null : result.measured,
        message: result.message,
        seconds: (now - since) / 1000,
      });
      since = now;
    },
  });
  return { file, model, checks, problems };
}

/** The model of the command line, or that of the file, whose path counts from the file's folder. */
function modelFor(named: string | undefined, file: string, { options }: VerbContext): string | null {
  const chosen = textOption(options, 'model');
  if (chosen !== undefined) return modelOf(chosen);
  if (named === undefined) return null;
  return checkModelPath(named) === null ? named : resolve(dirname(file), named);
}

async function printFile({ checks, file, model, problems }: CheckedFile, { output }: VerbContext): Promise<void> {
  await output.line(`${visibleLine(file)}${model === null ? '' : ` (${visibleLine(model)})`}`);
  for (const { column, line, message } of problems) await output.line(`  error  ${line}:${column} ${visibleLine(message)}`);
  for (const { check: expected, line, message, status } of checks) {
    const shown = visibleLine(status === 'failed' ? message : `${excerpt(expected, 100)}: ${message}`);
    await output.line(`  ${status.padEnd(6)} ${line} ${shown}`);
  }
}
