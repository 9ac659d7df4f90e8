import { HeadlightError } from '../../errors';
import type { ModelInfo } from '../model';

/** @throws HeadlightError `no-next-sentence-head` */
export function requireNextSentenceHead({ hasNextSentenceHead, name }: ModelInfo): void {
  if (hasNextSentenceHead) return;
  throw new HeadlightError(
    'no-next-sentence-head',
    `${name} has no next-sentence head. Choose a model exported for pre-training (BertForPreTraining or ` +
      'BertForNextSentencePrediction), such as the built-in encoder.',
  );
}
