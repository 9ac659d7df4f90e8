import { softmax } from '../../../math/softmax';
import type { ComputeContext } from '../../compute';
import { requireNextSentenceHead } from '../../nextSentence/requireHead';
import { readText, requireText } from '../../readText';
import type { Outcome } from '../contract';
import { type OpenOutcome, readerOutcome } from '../outcome';
import { readingTokens } from '../readingTokens';

/** Probability that the second sentence follows the first. */
export function openNextSentence({ first, second }: Extract<Outcome, { kind: 'nextSentence' }>, context: ComputeContext): OpenOutcome {
  const { model } = context;
  requireNextSentenceHead(model.info);
  requireText(second, 'The second sentence');
  const { tokens } = readText(model, { text: first, pair: second });
  return readerOutcome({
    name: 'P(follows)',
    scale: 'probability',
    rows: [{ tokens }],
    readAt: [readingTokens(tokens, model)],
    outputs: () => ({ nextSentence: true }),
    said: ({ nextSentence }, _, at) => nextSentence!.data.subarray(2 * at, 2 * at + 2),
    value: ([logits]) => softmax(logits!)[0]!,
  }, context);
}
