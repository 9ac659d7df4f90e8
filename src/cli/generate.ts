import { visibleText } from '../text/visibleText';
import { samplingHelp, samplingOf, samplingOptions } from './choice';
import { attentionLists, bareSteps } from '../lenses/writing/writtenJson';
import { positiveNumber, wholeNumber, text as textOption } from './options';
import { percent } from './bar';
import type { Verb } from './verb';
import { printSteps } from './writtenSteps';

const defaultTop = 5;

/** `generate PROMPT`: a text written on. */
export const generate: Verb = {
  name: 'generate',
  summary: 'a text written on, token by token',
  usage: 'generate PROMPT [--max N] [--temperature T --top-k K --top-p P --seed S] [--penalty R] [--force WORDS] [--depth]',
  switchable: true,
  words: [1, 1],
  model: 'decoder',
  options: {
    max: { type: 'string' },
    ...samplingOptions,
    penalty: { type: 'string' },
    top: { type: 'string' },
    force: { type: 'string' },
    depth: { type: 'boolean' },
  },
  help: `Writes PROMPT on with a decoder stack (GPT-2): the most probable token each time, or drawn ones.

  --max N          write at most N tokens (default 40); 1 shows what could come next
${samplingHelp}
  --penalty R      divide the logits of tokens that stand there already by R (default 1: none)
  --top K          alternatives at each step (default ${defaultTop})
  --force WORDS    begin with WORDS
  --depth          also what each hidden state would write, 0 the embedding layer's (the logit lens)

JSON: {model, device, output, stopped, logProbability, tokens, steps: [{token, probability, forced?,
       alternatives: [{token, probability}], chances: [{token, probability, chance}], drawable,
       states?: [{entropy, alternatives}]}], selfAttention: [layer][head][step][key]}
"stopped" is stop-token, limit or window; "tokens" are those of the prompt. "chance" is what temperature, top-k, top-p and
penalty make of a probability, 0 for what cannot be drawn; "drawable" counts what can. Row t of attention is what was
looked at to find step t: the prompt and the steps before t. "entropy" is in bits.`,

  async run({ call, options, output, words: [text] }) {
    const maxTokens = wholeNumber(options, 'max', 1);
    const alternatives = wholeNumber(options, 'top', 0) ?? defaultTop;
    const repetitionPenalty = positiveNumber(options, 'penalty');
    const force = textOption(options, 'force');
    const generation = await call('generation/generate', {
      text: text!,
      choice: samplingOf(options) ?? { kind: 'greedy' },
      alternatives,
      ...(maxTokens !== undefined && { maxTokens }),
      ...(repetitionPenalty !== undefined && { repetitionPenalty }),
      ...(force !== undefined && { prefix: { text: force } }),
      ...(options['depth'] === true && { lens: alternatives }),
    });
    const { heads, layers, lensMissing, model, steps, stoppedExplanation, windowed } = generation;
    const bare = bareSteps(steps);
    if (output.json) {
      await output.writeJson({
        model: model.id,
        device: model.device,
        output: generation.output,
        stopped: generation.stopped,
        logProbability: generation.logProbability,
        tokens: generation.tokens.map((token) => token.text),
        steps: steps.map(({ chosenFrom, lens }, index) => ({
          ...bare[index],
          chances: chosenFrom?.chances.map(({ chance, probability, token }) => ({ token, probability, chance })),
          drawable: chosenFrom?.drawable,
          ...(lens && { states: lens.map((state) => ({ entropy: state.entropy, alternatives: state.alternatives.map(({ probability, token }) => ({ token, probability })) })) }),
        })),
        selfAttention: attentionLists(steps.flatMap(({ selfAttention }) => selfAttention ?? []), layers, heads),
      });
      return;
    }
    await output.line(`${model.name} on ${model.device}`);
    if (windowed) await output.line(windowed.explanation);
    if (lensMissing !== null) await output.line(lensMissing);
    await output.line(`\n${text!}${generation.output}\n`);
    await printSteps(steps, output);
    for (const { lens, token } of steps) {
      if (!lens) continue;
      await output.line(`\n${visibleText(token)}`);
      for (const [state, { alternatives: said }] of lens.entries()) {
        await output.line(`  state ${state}  ${said.map((one) => `${visibleText(one.token)} ${percent(one.probability)}`).join(', ')}`);
      }
    }
    if (stoppedExplanation !== null) await output.line(`\n${stoppedExplanation}`);
  },
};
