import { HeadlightError } from '../errors';
import type { ModelInfo } from '../lenses/model';
import { builtInModelIds } from '../library/resolveModel';
import { text } from './options';
import { modelOf } from './target';
import type { Verb, VerbContext } from './verb';

/** Labels of a classifier that are listed. */
const labelsShown = 8;

interface Unopened {
  readonly id: string;
  readonly error: string;
}

type Listed = ModelInfo | Unopened;

/** `models [DIR]`: which models there are, and what can be seen of one. */
export const models: Verb = {
  name: 'models',
  summary: 'which models there are, and what can be seen of one',
  usage: 'models [DIR]',
  words: [0, 1],
  options: {},
  help: `Without DIR, lists the built-in models, and the one given with --model. With DIR, loads the model in that
folder and says what can be exposed of it.

JSON: a list without DIR, one object with it; each {id, error} for a listed model that cannot be opened, or
{id, name, architecture, device, deviceReason, layers, heads, hiddenSize, window, maskToken,
 hasMaskedLanguageHead, hasNextSentenceHead, labels, problemType, writes, limits}
"labels" and "problemType" are null for a model that is no classifier; "writes" is null or {task, looksBy, layers, heads, window, cached, everyState}, of the part that writes; "window" is the longest input in tokens; "limits" lists what could not be exposed and why.`,

  async run(context) {
    const { builtInModels, options, output, words } = context;
    const [folder] = words;
    if (folder !== undefined) {
      const info = await inspect(context, modelOf(folder));
      await (output.json ? output.writeJson(info) : output.write(describe(info)));
      return;
    }
    const given = text(options, 'model');
    const names = new Set([...(await builtInModelIds(builtInModels)), ...(given === undefined ? [] : [modelOf(given)])]);
    const listed: Listed[] = [];
    for (const name of names) listed.push(await inspect(context, name).catch((error: unknown) => unopened(name, error)));
    await (output.json ? output.writeJson(listed) : output.write(listed.map(describe).join('\n')));
  },
};

function inspect({ call, target }: VerbContext, model: string): Promise<ModelInfo> {
  return call('model/load', {}, { ...target, model });
}

/** One model that cannot be opened must not hide the others. */
function unopened(id: string, error: unknown): Unopened {
  if (error instanceof HeadlightError && error.code !== 'cancelled') return { id, error: error.message };
  throw error;
}

function describe(info: Listed): string {
  if ('error' in info) return `${info.id}\n  cannot be opened      ${info.error}\n`;
  const yesNo = (has: boolean): string => (has ? 'yes' : 'no');
  return `${info.id}
  name                  ${info.name} (${info.architecture})
  device                ${info.device}: ${info.deviceReason}
  layers, heads, width  ${info.layers}, ${info.heads}, ${info.hiddenSize}
  window                ${info.window} tokens
  mask token            ${info.maskToken ?? 'none'}
  predicts masked words ${yesNo(info.hasMaskedLanguageHead)}
  next sentence         ${yesNo(info.hasNextSentenceHead)}
  tells classes         ${classesOf(info)}
  writes                ${writesOf(info)}
  limits                ${info.limits.length === 0 ? 'none: everything is exposed' : info.limits.join('\n                        ')}
`;
}

function classesOf({ labels }: ModelInfo): string {
  if (labels === null) return 'no';
  return labels.length > labelsShown ? `${labels.length}: ${labels.slice(0, labelsShown).join(', ')}, …` : labels.join(', ');
}

function writesOf({ writes }: ModelInfo): string {
  if (!writes) return 'nothing';
  const { cached, heads, layers, looksBy, task, window } = writes;
  const by = layers > 0 ? `by ${layers} layers of ${heads} heads` : 'by an LSTM';
  const source = looksBy === null ? '' : `, from its source by ${{ attention: 'attention', alignment: 'an alignment of words', vector: 'one vector' }[looksBy]}`;
  return `${task === 'translation' ? 'translations' : 'texts on'}, up to ${window} tokens, ${by}${source}${cached ? '' : ', reading all anew at each token'}`;
}
