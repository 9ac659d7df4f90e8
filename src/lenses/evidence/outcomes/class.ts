import { HeadlightError } from '../../../errors';
import { rowsOf } from '../../classification/compute';
import { probabilitiesOf } from '../../classification/outcome';
import { requireClassifier } from '../../classification/requireClassifier';
import type { ComputeContext } from '../../compute';
import { readText, requireText } from '../../readText';
import type { Outcome } from '../contract';
import { type OpenOutcome, readerOutcome } from '../outcome';
import { readingTokens } from '../readingTokens';

/** Probability of a class; the number itself of a model whose answer is one. */
export function openClass({ text, pair, label }: Extract<Outcome, { kind: 'class' }>, context: ComputeContext): OpenOutcome {
  const { info } = context.model;
  const { labels, problemType } = requireClassifier(info);
  if (pair !== undefined) requireText(pair, 'The second text');
  const { tokens } = readText(context.model, { text, pair });
  const className = labels[label];
  if (className === undefined) throw new HeadlightError('out-of-range', `${info.name} has no class ${label}. Choose one from 0 to ${labels.length - 1}.`);
  return readerOutcome({
    name: problemType === 'regression' ? className : `P(${className})`,
    scale: problemType === 'regression' ? 'number' : 'probability',
    rows: [{ tokens }],
    readAt: [readingTokens(tokens, context.model)],
    outputs: () => ({ classes: true }),
    said: ({ classes }, _, at) => rowsOf(classes!, info)[at]!,
    value: ([logits]) => (probabilitiesOf(logits!, problemType) ?? logits!)[label]!,
  }, context);
}
