import { homedir } from 'node:os';
import { HeadlightError } from '../errors';
import { formatBytes } from '../picture/formatBytes';
import { cachedModels } from '../library/hub/cachedModels';
import { type ModelChoice, modelChoices } from '../library/hub/choices';
import { approximateSize, type CuratedModel, curatedModels } from '../library/hub/curated';
import { downloadModel } from '../library/hub/downloadModel';
import { exportCommand } from '../library/hub/exportCommand';
import { findHub, type Hub } from '../library/hub/hub';
import { readRepository } from '../library/hub/repository';
import { readRepositoryName } from '../library/hub/repositoryId';
import { variantLabel } from '../library/graphNames';
import { text } from './options';
import { UsageError, type Verb, type VerbContext } from './verb';

/** `download [ID]`: a model of the hub into the cache that Python shares. */
export const download: Verb = {
  name: 'download',
  summary: 'a model of the Hugging Face hub, into the cache that Python shares',
  usage: 'download [ID[@REVISION]] [--variant V] [--list | --cached]',
  words: [0, 1],
  options: { variant: { type: 'string' }, list: { type: 'boolean' }, cached: { type: 'boolean' } },
  help: `Downloads the ONNX files of a repository, one variant of them, with its configuration and tokenizer, and prints the
path to give to --model. What is there is checked and not fetched again; what was cut off goes on. Without ID, lists
models that are worth a look.

  --variant V     fp32, fp16, q8, int8, uint8, q4, … (default: the first that --list names)
  --list          only list the variants, with their sizes
  --cached        only list the models that are in the cache

The hub and its cache are those of huggingface_hub: HF_ENDPOINT, HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, HF_HUB_OFFLINE,
HF_TOKEN. Behind a proxy, Node reads HTTPS_PROXY with NODE_USE_ENV_PROXY=1 (Node 24).

JSON: {id, commit, variant, path, bytes}; with --list, a list of {variant, graph, bytes, files}, "files" being
[{path, size, etag}]; with --cached, a list of {id, commit, variant, path, bytes}; without ID, a list of
{id, name, parameters, goodFor, hasOnnx}, parameters in millions.`,

  async run(context) {
    const { options, output, words } = context;
    const hub = await findHub(process.env, homedir());
    const [name] = words;
    if (options['cached'] === true) await listCached(context, hub);
    else if (name === undefined) await (output.json ? output.writeJson(curatedModels) : output.write(curatedModels.map(describe).join('\n')));
    else await fetch(context, hub, name);
  },
};

async function fetch({ options, output, signal }: VerbContext, hub: Hub, name: string): Promise<void> {
  const repository = await readRepository(hub, readRepositoryName(name), signal);
  const choices = modelChoices(repository);
  if (options['list'] === true) {
    const listed = choices.map(({ bytes, files, graph, label }) => ({ variant: label, graph, bytes, files }));
    await (output.json ? output.writeJson(listed) : output.write(choices.map(lineOf).join('')));
    return;
  }
  const choice = choiceOf(choices, text(options, 'variant'));
  const path = await downloadModel(hub, repository, choice, { signal, onProgress: progress(choice) });
  const { bytes, label } = choice;
  await (output.json ? output.writeJson({ id: repository.id, commit: repository.commit, variant: label, path, bytes }) : output.line(path));
}

function choiceOf(choices: readonly ModelChoice[], variant: string | undefined): ModelChoice {
  const found = variant === undefined ? choices[0] : choices.find((choice) => [choice.label, choice.variant].includes(variant));
  if (found) return found;
  throw new UsageError(`There is no variant "${variant ?? ''}". There are ${choices.map(({ label }) => label).join(', ')}.`);
}

async function listCached({ output }: VerbContext, hub: Hub): Promise<void> {
  const found = await cachedModels(hub.cache);
  if (output.json) {
    await output.writeJson(found.map(({ bytes, commit, id, path, variant }) => ({ id, commit, variant: variantLabel(variant), path, bytes })));
    return;
  }
  if (found.length === 0) throw new HeadlightError('model-missing', `There is no ONNX model in ${hub.cache}. Download one: headlight download ID.`);
  await output.write(found.map(({ bytes, id, path, variant }) => `${id}  ${variantLabel(variant)}  ${formatBytes(bytes)}\n  ${path}\n`).join(''));
}

/** Told on stderr, where somebody watches. */
function progress({ bytes }: ModelChoice): (done: number) => void {
  let told = -1;
  return (done) => {
    const percent = Math.floor((100 * done) / bytes);
    if (!process.stderr.isTTY || percent === told) return;
    told = percent;
    process.stderr.write(`\r${formatBytes(done)} of ${formatBytes(bytes)} (${percent} %)  ${percent === 100 ? '\n' : ''}`);
  };
}

function lineOf({ bytes, graph, label }: ModelChoice): string {
  return `${label.padEnd(12)}${formatBytes(bytes).padStart(9)}  ${graph}\n`;
}

function describe(model: CuratedModel): string {
  const sizes = `about ${formatBytes(approximateSize(model, 4))} in fp32, ${formatBytes(approximateSize(model, 1))} in q8`;
  return `${model.id}\n  ${model.name}, ${sizes}\n  ${model.goodFor}\n${model.hasOnnx ? '' : `  no ONNX files there; export it: ${exportCommand(model.id, 'fill-mask')}\n`}`;
}
