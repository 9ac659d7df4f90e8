import { logSumExp } from '../../../math/softmax';
import type { Token } from '../../../text/token';
import type { ComputeContext } from '../../compute';
import { readPrompt } from '../../generation/prompt';
import type { ModelInput } from '../../model';
import { remainderOf } from '../../remainder';
import { readSource } from '../../translation/source';
import { knownIds, prefixIds, requireWriter } from '../../writing/given';
import type { Outcome } from '../contract';
import { type OpenOutcome, readerOutcome, requireNumber } from '../outcome';

type NextToken = Extract<Outcome, { kind: 'nextToken' }>;

/**
 * Probability that a token is written next, by the model's own distribution before rules and temperature.
 * @throws HeadlightError as the lenses of writers do
 */
export function openNextToken(outcome: NextToken, context: ComputeContext): OpenOutcome {
  return context.model.info.writes?.task === 'translation' ? ofTranslation(outcome, context) : ofContinuation(outcome, context);
}

/** A decoder stack reads the prompt and what it wrote at once. */
function ofContinuation({ text, token, written }: NextToken, context: ComputeContext): OpenOutcome {
  const { model } = context;
  requireWriter(model, 'continuation');
  prefixIds({ ids: [token] }, model, true);
  const prompt = readPrompt(model, text, 1).tokens;
  knownIds(prompt, model);
  const tokens = [...prompt, ...prefixIds(written, model, true).map((id) => writtenToken(id, model))];
  return readerOutcome({
    name: nameOf(token, model),
    scale: 'probability',
    rows: [{ tokens }],
    readAt: [[tokens.length - 1]],
    outputs: (run) => ({ logitsAt: run.map(({ input }, row) => ({ row, token: input.tokens.length - 1 })) }),
    said: ({ logits }, _, at) => {
      const vocabulary = logits!.dims[1]!;
      const scores = logits!.data.subarray(at * vocabulary, (at + 1) * vocabulary);
      return Float32Array.of(scores[token]! - logSumExp(scores));
    },
    value: ([log]) => Math.exp(log![0]!),
  }, context);
}

/** An encoder–decoder reads the source, and then what it wrote. */
function ofTranslation({ text, token, written }: NextToken, context: ComputeContext): OpenOutcome {
  const { model, signal } = context;
  const source = readSource(model, text);
  const { writer } = source;
  const inputs = [...writer.rules.start, ...prefixIds(written, model, false)];
  prefixIds({ ids: [token] }, model, false);
  const name = nameOf(token, model);
  return {
    name,
    scale: 'probability',
    rows: [{ tokens: source.tokens }],
    readAt: [[]],
    measure: async (variants, onDone) => {
      const values: number[] = [];
      for (const { rows, writer: interventions } of variants) {
        const state = await writer.read([idsOf(rows[0]!)], signal, interventions, remainderOf(rows[0]!));
        const { logits } = await writer.write(state, { tokens: [inputs], attention: false }, signal);
        values.push(requireNumber(Math.exp(logits.data[token]! - logSumExp(logits.data)), name, model.info.name));
        onDone?.(values.length);
      }
      return values;
    },
  };
}

function idsOf({ ids, tokens }: ModelInput): readonly number[] {
  return ids ?? tokens.map(({ id }) => id);
}

function nameOf(id: number, { tokenizer }: ComputeContext['model']): string {
  return `P(${tokenizer.isSpecial(id) ? tokenizer.piece(id) : tokenizer.display(id)})`;
}

function writtenToken(id: number, { tokenizer }: ComputeContext['model']): Token {
  return { id, piece: tokenizer.piece(id), text: tokenizer.display(id), start: 0, end: 0, segment: 0, special: tokenizer.isSpecial(id), word: null };
}
