import { HeadlightError } from '../../errors';
import { softmax } from '../../math/softmax';
import { topK } from '../../math/topK';
import { rowsOf } from '../classification/compute';
import { probabilitiesOf } from '../classification/outcome';
import { requireClassifier } from '../classification/requireClassifier';
import type { ComputeContext } from '../compute';
import type { ModelInput, OutputSelection, ModelOutputs } from '../model';
import { predictionsOf, requireMaskedLanguageModel } from '../predictions/compute';
import type { Prediction } from '../predictions/contract';
import { likelyWords } from '../senses/substitutes';
import { requireWriter, prefixIds } from '../writing/given';
import { cosinePair } from './cosinePair';
import type { Outcome } from './contract';
import { openOutcome, type OpenOutcome, type Variant } from './outcome';
import type { AnswerKind } from './patchContract';
import { idsOf } from './patchRuns';

/** What a model says at the place where an outcome is read. */
export interface OpenAnswers extends Pick<OpenOutcome, 'rows'> {
  readonly kind: AnswerKind;
  /** Most probable first. @throws HeadlightError as `TransformerModel.run` */
  answer(variant: Variant): Promise<readonly Prediction[]>;
}

/**
 * The answers that an outcome is one number of; of a word of several pieces those at the first. A cosine has no place that is
 * predicted: there the word is masked, and its substitutes are the answers.
 * @throws HeadlightError as `openOutcome`; `no-masked-lm-head` for substitutes of a model that predicts none
 */
export function openAnswers(outcome: Outcome, top: number, context: ComputeContext): OpenAnswers {
  const { model, signal } = context;
  const open = openOutcome(outcome, context);
  const [row] = open.rows as readonly [ModelInput];
  const reader = (kind: AnswerKind, input: ModelInput, outputs: OutputSelection, said: (found: ModelOutputs) => readonly Prediction[]): OpenAnswers => ({
    kind,
    rows: [input],
    answer: async ({ rows: [variant] }) => said(await model.run([variant!], outputs, signal)),
  });
  switch (outcome.kind) {
    case 'word':
      return reader('predictions', row, at(open), ({ logits }) => predicted(logits!.data));
    case 'cosine': {
      const maskId = requireMaskedLanguageModel(model);
      const { end, sentence, start } = cosinePair(outcome)[0];
      const pieces = new Set(open.readAt[0]);
      const masked = { tokens: row.tokens, ids: idsOf(row).map((id, index) => (pieces.has(index) ? maskId : id)) };
      return reader('substitutes', masked, at(open), ({ logits }) => likelyWords(logits!.data, sentence.slice(start, end), model).slice(0, top));
    }
    case 'class': {
      const { labels, problemType } = requireClassifier(model.info);
      return reader('classes', row, { classes: true }, ({ classes }) => {
        const [logits] = rowsOf(classes!, model.info);
        return named(probabilitiesOf(logits!, problemType) ?? logits!, labels);
      });
    }
    case 'nextSentence':
      return reader('classes', row, { nextSentence: true }, ({ nextSentence }) => named(softmax(nextSentence!.data), ['follows', 'from elsewhere']));
    case 'nextToken': {
      if (model.info.writes?.task !== 'translation') return reader('predictions', row, at(open), ({ logits }) => predicted(logits!.data));
      const writer = requireWriter(model, 'translation');
      const inputs = [...writer.rules.start, ...prefixIds(outcome.written, model, false)];
      return {
        kind: 'predictions',
        rows: open.rows,
        answer: async ({ rows: [source], writer: interventions }) => {
          const state = await writer.read([idsOf(source!)], signal, interventions);
          const { logits } = await writer.write(state, { tokens: [inputs], attention: false }, signal);
          return predicted(logits.data);
        },
      };
    }
    case 'separation':
      throw new HeadlightError('out-of-range', 'Groups of occurrences have no one place that is predicted. Choose another outcome.');
  }

  function predicted(logits: Float32Array): readonly Prediction[] {
    return predictionsOf(softmax(logits), top, model);
  }

  function named(values: Float32Array, names: readonly string[]): readonly Prediction[] {
    return topK(values, top).map((id) => ({ token: names[id]!, id, probability: values[id]! }));
  }
}

function at({ readAt }: OpenOutcome): OutputSelection {
  return { logitsAt: [{ row: 0, token: readAt[0]![0]! }] };
}
