import { HeadlightError } from '../../../errors';
import { logSumExp } from '../../../math/softmax';
import { quotedText } from '../../../text/visibleText';
import type { ComputeContext } from '../../compute';
import { placesToMask } from '../../predictions/mask';
import { requireMaskedLanguageModel } from '../../predictions/compute';
import { readText } from '../../readText';
import type { Outcome } from '../contract';
import { type OpenOutcome, readerOutcome } from '../outcome';

/**
 * Probability of a word where the place is masked; of a word of several pieces the product of theirs, all masked at once.
 * @throws HeadlightError `out-of-range` for a word that does not fit the place
 */
export function openWord({ text, pair, at, word }: Extract<Outcome, { kind: 'word' }>, context: ComputeContext): OpenOutcome {
  const { model } = context;
  const maskId = requireMaskedLanguageModel(model);
  const { tokens } = readText(model, { text, pair, focus: at.start });
  const places = placesToMask(tokens, maskId, { maskRange: at }).filter((place) => tokens[place]!.start < at.end && tokens[place]!.end > at.start);
  const pieces = model.tokenizer.piecesOf(word);
  requireFitting(word, pieces, places.length, model);
  const masked = new Set(places);
  const rows = [{ tokens, ids: tokens.map(({ id }, index) => (masked.has(index) ? maskId : id)) }];
  return readerOutcome({
    name: `P(${word.trim()})`,
    scale: 'probability',
    rows,
    readAt: [places],
    outputs: (run) => ({ logitsAt: run.flatMap((row, at) => places.map((token) => ({ row: at, token: row.place(token) }))) }),
    said: ({ logits }, _, at) => {
      const vocabulary = logits!.dims[1]!;
      const logs = pieces.map(({ id }, piece) => {
        const scores = logits!.data.subarray((at * places.length + piece) * vocabulary, (at * places.length + piece + 1) * vocabulary);
        return scores[id]! - logSumExp(scores);
      });
      return Float32Array.from(logs);
    },
    value: ([logs]) => Math.exp(logs!.reduce((sum, log) => sum + log, 0)),
  }, context);
}

function requireFitting(word: string, pieces: readonly { readonly id: number }[], places: number, { tokenizer, info }: ComputeContext['model']): void {
  if (pieces.length === 0 || pieces.some(({ id }) => id === tokenizer.unknownId)) {
    throw new HeadlightError('out-of-range', `${info.name} does not know “${quotedText(word)}”. Give a word of its vocabulary.`);
  }
  if (pieces.length === places) return;
  throw new HeadlightError(
    'out-of-range',
    `“${quotedText(word)}” is ${pieces.length} ${pieces.length === 1 ? 'token' : 'tokens'} for ${info.name}, and the place has ${places}. Give a word of as many, or mask another place.`,
  );
}
