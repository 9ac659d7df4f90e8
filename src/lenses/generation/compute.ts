import { HeadlightError } from '../../errors';
import { encodeWithinWindow } from '../../text/window';
import type { Compute } from '../compute';
import type { TransformerModel } from '../model';
import { requireText } from '../readText';
import { chooserOf } from '../writing/choose';
import { knownIds, prefixIds, requireCounts, requireWriter } from '../writing/given';
import { explainStop } from '../writing/stop';
import { writeOn } from '../writing/writeOn';
import type { Generation } from './contract';

const defaultTokens = 40;

/** A text that a decoder stack writes on, token by token. */
export const generate: Compute<'generation/generate'> = async (request, context) => {
  const { model, signal } = context;
  const writer = requireWriter(model, 'continuation');
  const { alternatives, lens = 0, repetitionPenalty } = request;
  const maxTokens = request.maxTokens ?? defaultTokens;
  requireCounts({ alternatives, 'alternatives by layer': request.lens }, 0);
  requireCounts({ tokens: maxTokens }, 1);
  requirePenalty(repetitionPenalty);
  const choose = chooserOf(request.choice);
  const { window } = model.info.writes!;
  const prompt = readPrompt(model, request.text, window, Math.min(maxTokens, Math.floor(window / 2)));
  const ids = knownIds(prompt.tokens, model);
  const prefix = prefixIds(request.prefix, model, true).slice(0, maxTokens);
  const { cached, everyState, heads, layers } = model.info.writes!;
  const written = await writeOn({
    writer,
    rules: { ...writer.rules, repetitionPenalty: repetitionPenalty ?? writer.rules.repetitionPenalty },
    state: await writer.read([[]], signal),
    given: ids,
    continues: true,
    prefix,
    choose,
    maxTokens,
    window,
    alternatives,
    attention: request.attention ?? true,
    lens: everyState ? lens : 0,
  }, context);
  return {
    model: model.info,
    ...prompt,
    ...written,
    firstKeys: prompt.tokens.map(({ text }) => text),
    stoppedExplanation: explainStop(written.stopped, written.steps.length, window),
    maxTokens,
    logProbability: written.steps.reduce((sum, { logProbability }) => sum + logProbability, 0),
    layers,
    heads,
    cached,
    lensMissing: lens > 0 && !everyState ? `${model.info.name} reads its vocabulary off the last hidden state only: its last norm or its head was not recognised in the graph.` : null,
  };
};

/** A prompt, or as much of its end as leaves room to write. */
function readPrompt({ tokenizer }: TransformerModel, text: string, window: number, room: number): Pick<Generation, 'tokens' | 'windowed'> {
  requireText(text, 'The prompt');
  const most = Math.max(1, window - room);
  const { encoding: { tokens }, windowed } = encodeWithinWindow(tokenizer, text, { focus: text.length, window: most });
  if (windowed === null) return { tokens, windowed };
  return { tokens, windowed: { ...windowed, explanation: `Read the last ${windowed.read} tokens of the prompt: of the window of ${window}, ${window - most} are left to write.` } };
}

function requirePenalty(penalty = 1): void {
  if (penalty > 0 && Number.isFinite(penalty)) return;
  throw new HeadlightError('out-of-range', `A repetition penalty of ${penalty} means nothing. Choose one above 0; 1 is none.`);
}
