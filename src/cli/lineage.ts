import { HeadlightError } from '../errors';
import { bleu } from '../lenses/lineage/bleu';
import type { ForgottenText, LengthGroup, RecordedFigures } from '../lenses/lineage/contract';
import { type Generation, generations, recordedSearch } from '../lenses/lineage/generations';
import { bleuByLength, groupName } from '../lenses/lineage/lengths';
import { type Pair, readPairs } from '../lenses/lineage/pairs';
import type { Target } from '../lenses/model';
import type { Translation, TranslationScore } from '../lenses/translation/contract';
import type { Beams, Greedy } from '../lenses/writing/contract';
import { bar } from './bar';
import { text as textOption, wholeNumber } from './options';
import { readTextFile } from './textFile';
import { type OptionValues, UsageError, type Verb, type VerbContext } from './verb';

/** `lineage TEXT`: one sentence through three generations of translators. */
export const lineage: Verb = {
  name: 'lineage',
  summary: 'one text by an LSTM, an LSTM with attention and a transformer',
  usage: 'lineage TEXT [--beams N] [--reference TEXT] | lineage --pairs FILE [--beams N]',
  words: [0, 1],
  options: { beams: { type: 'string' }, reference: { type: 'string' }, pairs: { type: 'string' } },
  help: `Translates TEXT by the three built-in translators, in historic order: rnn (2014), rnn-attention (2014/15) and
translator (2017). Of rnn it also says how far each word moves the thought vector, by leaving it out: when the
word was just read, and once all were. --model has no say here.

  --beams N        follow N hypotheses side by side (default ${recordedSearch.beams}, as the recorded results); 1 takes the most
                   probable token each time. Their scores are divided by length to the power of ${recordedSearch.lengthPenalty}
  --reference TEXT also what each model gives this translation, in bits per token
  --pairs FILE     in place of TEXT: lines of source, tab, reference (UTF-8); BLEU of each model, in all and by the
                   number of words of the source, beside what was recorded on held-out pairs. Computed as sacrebleu
                   does by default: cased, 13a, exponential smoothing

JSON of TEXT: {generations: [{model, year, output, stopped, logProbability,
       forgetting?: [{word, start, end, justRead: {cosineDistance, distance}, atEnd: {cosineDistance, distance}}],
       reference?: {bitsPerToken, logProbability, perplexity}}]}
JSON of --pairs: {pairs, generations: [{model, year, bleu, byLength: [{words: [fewest, most], pairs, bleu}],
       outputs, recorded: {pairs, beams, bleu, byLength, joinedByLength} or null}]}
"most" is null for the open group. "joinedByLength" is of two to four held-out pairs joined. A model that cannot
be used has {model, year, error} in place of the rest.`,

  async run(context) {
    const { options, words: [text] } = context;
    if (options['model'] !== undefined) throw new UsageError('lineage compares rnn, rnn-attention and translator. Leave --model out.');
    const path = textOption(options, 'pairs');
    if ((text === undefined) === (path === undefined)) throw new UsageError('Give either a TEXT or --pairs FILE.');
    if (path !== undefined && options['reference'] !== undefined) throw new UsageError('The references stand in the file. Leave --reference out.');
    const answers = path === undefined ? await ofText(context, text!) : await ofPairs(context, readPairs(await readTextFile(path)));
    if (context.output.json) await context.output.writeJson(answers.json);
    else await context.output.write(answers.lines.map((line) => `${line}\n`).join(''));
    // What one generation cannot do hides none of the others, but is no success where none can.
    if (answers.failures.length === generations.length) throw answers.failures[0]!;
  },
};

interface Answers {
  readonly json: object;
  readonly lines: readonly string[];
  readonly failures: readonly HeadlightError[];
}

/** What there is to say of one generation. */
interface Said {
  readonly json: object;
  readonly lines: readonly string[];
}

async function ofText({ call, options, target }: VerbContext, text: string): Promise<Answers> {
  const choice = searchOf(options);
  const reference = textOption(options, 'reference');
  return eachGeneration(target, {}, async (own) => {
    const translation = await call('translation/translate', { text, choice, alternatives: 0, attention: false }, own);
    const forgotten = translation.looksBy === 'vector' ? (await call('lineage/forgetting', { texts: [text], every: false }, own)).texts[0] : undefined;
    const score = reference === undefined ? undefined : await call('translation/score', { text, translation: reference, alternatives: 0, attention: false }, own);
    return saidOfText(text, translation, forgotten, score);
  });
}

function saidOfText(text: string, { logProbability, output, stopped, stoppedExplanation }: Translation, forgotten?: ForgottenText, score?: TranslationScore): Said {
  const words = forgotten?.words.map(({ end, moved, start }) => ({ word: text.slice(start, end), start, end, justRead: moved[0]!, atEnd: moved.at(-1)! }));
  const most = Math.max(...(words ?? []).map(({ justRead }) => justRead.cosineDistance));
  return {
    json: {
      output,
      stopped,
      logProbability,
      ...(words && { forgetting: words }),
      ...(score && { reference: { bitsPerToken: score.bitsPerToken, logProbability: score.logProbability, perplexity: score.perplexity } }),
    },
    lines: [
      `  ${output}`,
      `  log-probability ${logProbability.toFixed(2)}`,
      ...(stoppedExplanation === null ? [] : [`  ${stoppedExplanation}`]),
      ...(score ? [`  the reference takes ${score.bitsPerToken.toFixed(2)} bits per token`] : []),
      ...(words
        ? [
            '  how far the thought vector moves without the word (cosine distance): when just read, at the end',
            ...words.map(({ atEnd, justRead, word }) =>
              `    ${word.padEnd(14)} ${justRead.cosineDistance.toFixed(3)}  ${atEnd.cosineDistance.toFixed(3)} ${bar(atEnd.cosineDistance / most)}`.trimEnd()),
          ]
        : []),
    ],
  };
}

async function ofPairs({ call, options, target }: VerbContext, pairs: readonly Pair[]): Promise<Answers> {
  const choice = searchOf(options);
  return eachGeneration(target, { pairs: pairs.length }, async (own) => {
    const { lines } = await call('translation/lines', { texts: pairs.map(({ source }) => source), choice }, own);
    const { figures } = await call('lineage/recorded', {}, own);
    const translated = pairs.map((pair, index) => ({ ...pair, output: lines[index]!.output }));
    const [score, groups] = [bleu(translated), bleuByLength(translated)];
    return {
      json: { bleu: score, byLength: groups, outputs: lines.map(({ output }) => output), recorded: figures },
      lines: [`  ${score.toFixed(1)} BLEU on ${pairs.length} pairs`, ...tableOf(groups, ''), ...recordedLines(figures)],
    };
  });
}

function recordedLines(figures: RecordedFigures | null): string[] {
  if (!figures) return [];
  const { beams, bleu: score, byLength, joinedByLength, pairs } = figures;
  return [`  recorded: ${score.toFixed(1)} BLEU on ${pairs} held-out pairs, ${beams} beams`, ...tableOf(byLength, ''), ...tableOf(joinedByLength, ', joined')];
}

function tableOf(groups: readonly LengthGroup[], note: string): string[] {
  return groups.map(({ bleu: score, pairs, words }) => `    ${groupName(words).padStart(5)} words  ${score.toFixed(1).padStart(5)}  (${pairs} pairs${note})`);
}

async function eachGeneration(target: Target, more: object, ask: (own: Target) => Promise<Said>): Promise<Answers> {
  const failures: HeadlightError[] = [];
  const said: { readonly generation: Generation; readonly said: Said }[] = [];
  for (const generation of generations) {
    try {
      said.push({ generation, said: await ask({ ...target, model: generation.model }) });
    } catch (error) {
      if (!(error instanceof HeadlightError) || error.code === 'cancelled') throw error;
      failures.push(error);
      said.push({ generation, said: { json: { error: error.message }, lines: [`  ${error.message}`] } });
    }
  }
  return {
    failures,
    json: { ...more, generations: said.map(({ generation: { model, year }, said: { json } }) => ({ model, year, ...json })) },
    lines: said.flatMap(({ generation: { model, name, year }, said: { lines } }, index) => [...(index > 0 ? [''] : []), `${model}: ${name} (${year})`, ...lines]),
  };
}

function searchOf(options: OptionValues): Greedy | Beams {
  const beams = wholeNumber(options, 'beams', 1) ?? recordedSearch.beams;
  return beams === 1 ? { kind: 'greedy' } : { ...recordedSearch, beams };
}
