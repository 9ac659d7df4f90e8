import { atTemperature, entropyBits, softmax } from '../../math/softmax';
import { rankOf } from '../../math/topK';
import { chooseWindow } from '../../text/window';
import type { Compute } from '../compute';
import { readText } from '../readText';
import { focusOf, predictionsOf, requireMaskedLanguageModel, temperatureOf } from './compute';
import type { FollowedWord, PlaceByDepth } from './depthContract';
import { placesToMask } from './mask';

/** Places that are looked at: more columns would not be read. */
const mostPlaces = 96;
/** Places of a run: with the logits of every state, some 55 MB for BERT's vocabulary and seven states. */
const placesPerRun = 64;
/** Words that the last hidden state expects which are followed. */
const expectedWords = 3;

/** A vocabulary entry to follow and why. */
type Followed = Pick<FollowedWord, 'id' | 'reason'>;

/**
 * The logit lens for a masked language model: its vocabulary head, made for the last hidden state, reads every hidden
 * state (nostalgebraist, "interpreting GPT: the logit lens", 2020).
 * @throws HeadlightError `cannot-instrument` for a model whose head reads the last hidden state only
 */
export const predictByDepth: Compute<'predictions/depth'> = async (request, { model, signal, progress }) => {
  const maskId = requireMaskedLanguageModel(model);
  const input = readText(model, { text: request.text, pair: request.pair, focus: focusOf(request, model) });
  const temperature = temperatureOf(request);
  const masked = placesToMask(input.tokens, maskId, request);
  const hidden = new Set(masked);
  const ids = input.tokens.map((token, index) => (hidden.has(index) ? maskId : token.id));
  const content = input.tokens.flatMap((token, index) => (token.special ? [] : [index]));
  const { from, to } = chooseWindow(content.length, mostPlaces, content.indexOf(masked[0] ?? content[0]!));
  const shown = content.slice(from, to);
  const { asked, notFollowed } = askedWords(request.candidates ?? [], model);
  const states = Array.from({ length: model.info.layers + 1 }, (_, state) => state);

  const places: PlaceByDepth[] = [];
  for (let at = 0; at < shown.length; at += placesPerRun) {
    progress({ message: 'Reading every layer', done: at, total: shown.length });
    const some = shown.slice(at, at + placesPerRun);
    const logitsAt = some.flatMap((token) => states.map((state) => ({ row: 0, token, state })));
    const { logits } = await model.run([{ tokens: input.tokens, ids }], { logitsAt }, signal);
    const vocabulary = logits!.dims[1]!;
    some.forEach((index, place) => {
      const distributions = states.map((state) => {
        const row = place * states.length + state;
        return softmax(atTemperature(logits!.data.subarray(row * vocabulary, (row + 1) * vocabulary), temperature));
      });
      const original = input.tokens[index]!.id;
      const expected = predictionsOf(distributions.at(-1)!, expectedWords, model);
      const followed: Followed[] = [
        ...(original === maskId ? [] : [{ id: original, reason: 'original' } as const]),
        ...asked,
        ...expected.map(({ id }) => ({ id, reason: 'expected' }) as const),
      ];
      places.push({
        index,
        states: distributions.map((probabilities) => ({
          predictions: predictionsOf(probabilities, request.top, model),
          entropy: entropyBits(probabilities),
        })),
        words: followed
          .filter(({ id }, which) => followed.findIndex((other) => other.id === id) === which)
          .map(({ id, reason }) => ({
            token: model.tokenizer.display(id),
            id,
            reason,
            probabilities: distributions.map((probabilities) => probabilities[id]!),
            ranks: distributions.map((probabilities) => rankOf(probabilities, id)),
          })),
      });
    });
  }
  return { model: model.info, ...input, masked, places, notFollowed };
};

function askedWords(
  words: readonly string[],
  { tokenizer }: Parameters<typeof requireMaskedLanguageModel>[0],
): { readonly asked: readonly Followed[]; readonly notFollowed: readonly string[] } {
  const single = words.map((word) => {
    const pieces = tokenizer.piecesOf(word);
    return pieces.length === 1 && pieces[0]!.id !== tokenizer.unknownId ? pieces[0]!.id : null;
  });
  return {
    asked: single.flatMap((id) => (id === null ? [] : [{ id, reason: 'asked' }])),
    notFollowed: words.filter((_, index) => single[index] === null),
  };
}
