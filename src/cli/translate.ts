import { createInterface } from 'node:readline';
import { translationJson } from '../lenses/translation/translationJson';
import type { Beams, Greedy } from '../lenses/writing/contract';
import { bareSteps } from '../lenses/writing/writtenJson';
import { samplingHelp, samplingOf, samplingOptions } from './choice';
import { text as textOption, wholeNumber } from './options';
import { type OptionValues, UsageError, type Verb, type VerbContext } from './verb';
import { printSteps } from './writtenSteps';

const defaultBeams = 4;
const defaultTop = 5;
/** Lines that are translated before the first of them is printed. */
const linesAtOnce = 256;

/** `translate TEXT`: a translation, word by word, and what each word was made from. */
export const translate: Verb = {
  name: 'translate',
  summary: 'a translation, and what each word of it looked at',
  usage: 'translate TEXT [--beams N] [--temperature T --top-k K --top-p P --seed S] [--max N] [--force WORDS] [--reference TEXT] | translate --lines',
  switchable: true,
  words: [0, 1],
  model: 'translator',
  options: {
    beams: { type: 'string' },
    ...samplingOptions,
    max: { type: 'string' },
    top: { type: 'string' },
    force: { type: 'string' },
    reference: { type: 'string' },
    lines: { type: 'boolean' },
  },
  help: `Translates TEXT (English to Spanish with the built-in models: translator, rnn-attention, rnn), or each line of
stdin with --lines, which prints one translation a line.

  --beams N        follow N hypotheses side by side (default ${defaultBeams}); 1 takes the most probable token each time
${samplingHelp}
  --max N          write at most N tokens (default twice those of TEXT and ten more)
  --top K          alternatives at each step (default ${defaultTop})
  --force WORDS    begin the translation with WORDS
  --reference TEXT also say what the model gives this translation, token by token

JSON: {model, device, output, stopped, logProbability, tokens, steps: [{token, probability, forced?,
       alternatives: [{token, probability}]}], crossAttention: [layer][head][target][source],
       selfAttention: [layer][head][target][key], finished?: [{output, score}],
       influence?: [{word, start, end, cosineDistance, distance}],
       reference?: {output, logProbability, perplexity, steps}}
"stopped" is stop-token, limit or window; "tokens" are those of the source. Row t of attention is what was looked
at to find step t: the source, and the start token with the steps before t. Both are null for an LSTM without
them; one without attention has "influence": how far its one vector moves without the word.
"finished" lists the hypotheses of beam search, by log-probability over length. With --lines: {lines: [{output,
logProbability, cut}]}; "cut" is true where the limit ended it.`,

  async run(context) {
    const { options, words: [text] } = context;
    if (options['lines'] === true) {
      if (text !== undefined) throw new UsageError('--lines reads its texts from stdin. Leave TEXT out.');
      await translateLines(context);
      return;
    }
    if (text === undefined) throw new UsageError('Give a TEXT, or --lines to read texts from stdin.');
    await translateText(context, text);
  },
};

async function translateText({ call, options, output }: VerbContext, text: string): Promise<void> {
  const maxTokens = wholeNumber(options, 'max', 1);
  const alternatives = wholeNumber(options, 'top', 0) ?? defaultTop;
  const force = textOption(options, 'force');
  const reference = textOption(options, 'reference');
  const translation = await call('translation/translate', {
    text,
    choice: samplingOf(options) ?? searchOf(options),
    alternatives,
    ...(maxTokens !== undefined && { maxTokens }),
    ...(force !== undefined && { prefix: { text: force } }),
  });
  const score = reference === undefined ? undefined : await call('translation/score', { text, translation: reference, alternatives });
  const influence = translation.looksBy === 'vector' ? await call('translation/influence', { text }) : undefined;
  const { model, steps, stoppedExplanation } = translation;
  if (output.json) {
    await output.writeJson({
      ...translationJson(translation),
      ...(influence && { influence: influence.words.map(({ cosineDistance, distance, end, start }) => ({ word: text.slice(start, end), start, end, cosineDistance, distance })) }),
      ...(score && { reference: { output: score.output, logProbability: score.logProbability, perplexity: score.perplexity, steps: bareSteps(score.steps) } }),
    });
    return;
  }
  await output.line(`${model.name} on ${model.device}\n\n${translation.output}\n`);
  await printSteps(steps, output);
  if (stoppedExplanation !== null) await output.line(`\n${stoppedExplanation}`);
  if (translation.beams && translation.beams.finished.length > 1) {
    await output.line('\nother hypotheses');
    for (const other of translation.beams.finished.slice(1)) await output.line(`  ${other.score.toFixed(3)}  ${other.output}`);
  }
  if (influence) {
    await output.line('\nhow far the thought vector moves without the word');
    for (const word of influence.words) await output.line(`  ${word.cosineDistance.toFixed(3)}  ${text.slice(word.start, word.end)}`);
  }
  if (score) {
    await output.line(`\n${score.output}\n  log-probability ${score.logProbability.toFixed(2)}, perplexity ${score.perplexity.toFixed(2)}\n`);
    await printSteps(score.steps, output);
  }
}

async function translateLines({ call, input, options, output, signal }: VerbContext): Promise<void> {
  const maxTokens = wholeNumber(options, 'max', 1);
  if (samplingOf(options)) throw new UsageError('--lines takes --beams, and draws nothing.');
  const choice = searchOf(options);
  const lines: object[] = [];
  const translateSome = async (texts: readonly string[]): Promise<void> => {
    const translated = await call('translation/lines', { texts, choice, ...(maxTokens !== undefined && { maxTokens }) });
    if (output.json) lines.push(...translated.lines);
    else await output.write(translated.lines.map((line) => `${line.output.replace(/\s*\n\s*/g, ' ')}\n`).join(''));
  };
  let waiting: string[] = [];
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (signal.aborted) return;
    waiting.push(line);
    if (waiting.length < linesAtOnce) continue;
    await translateSome(waiting);
    waiting = [];
  }
  if (waiting.length > 0) await translateSome(waiting);
  if (output.json) await output.writeJson({ lines });
}

function searchOf(options: OptionValues): Greedy | Beams {
  const beams = wholeNumber(options, 'beams', 1) ?? defaultBeams;
  return beams === 1 ? { kind: 'greedy' } : { kind: 'beams', beams };
}
