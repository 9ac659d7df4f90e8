import type { Generation, GenerationRequest, NextToken, NextTokenRequest } from '../../../src/lenses/generation/contract';
import type { WithoutTarget } from '../../../src/lenses/model';
import { chooserOf, drawable } from '../../../src/lenses/writing/choose';
import type { Alternative, Chance, ChosenFrom, LensState, WrittenStep } from '../../../src/lenses/writing/contract';
import { entropyBits, softmax } from '../../../src/math/softmax';
import { rankOf, topK } from '../../../src/math/topK';
import { tokensOf } from './fakeModel';
import { decoderInfo } from './fakeWriting';

const { heads, layers, window } = decoderInfo.writes;
/** Ids count from 10. The last two are a stop token and one that would run as HTML, reorder and hide. */
const words = ['and', 'ran', 'away', 'with', 'the', 'spoon', 'moon', 'over', 'far', 'again', 'dish', 'cow', '<i onclick="x">\u202eabc\u202c</i>', '</s>'];
const firstId = 10;
const stopId = firstId + words.length - 1;
const states = layers + 1;

/** Another word is likeliest at each step, and after each other word. */
function logitsAfter(before: readonly number[], sharpness = 1): Float32Array {
  const turn = before.length + before.reduce((sum, id) => sum + id, 0);
  return Float32Array.from(words, (_, at) => sharpness * (at === (turn * 5) % (words.length - 2) ? 2.5 : Math.sin(3 + turn * 7 + at * 2)) - (at === words.length - 1 ? 3 : 0));
}

const idOf = (at: number): number => firstId + at;
const alternativeOf = (at: number, probabilities: Float32Array): Alternative => ({
  id: idOf(at), token: words[at]!, startsWord: true, probability: probabilities[at]!,
});

function penalized(logits: Float32Array, before: readonly number[], penalty = 1): Float32Array {
  return logits.map((logit, at) => (before.includes(idOf(at)) ? (logit < 0 ? logit * penalty : logit / penalty) : logit));
}

function chosenFrom(own: Float32Array, logits: Float32Array, { alternatives, choice }: Pick<GenerationRequest, 'alternatives' | 'choice'>, written?: number): ChosenFrom {
  const { ids, probabilities } = drawable(logits, choice.kind === 'sample' ? choice : {});
  const listed = new Set([...topK(own, alternatives), ...(written === undefined ? [] : [written - firstId])]);
  return {
    chances: Array.from(listed, (at): Chance => ({ ...alternativeOf(at, own), chance: probabilities[ids.indexOf(at)] ?? 0 })),
    drawable: ids.length,
    entropy: entropyBits(probabilities),
  };
}

function lensOf(before: readonly number[], id: number, count: number): LensState[] {
  return Array.from({ length: states }, (_, state) => {
    const own = softmax(logitsAfter(before, (state + 1) / states));
    return {
      alternatives: topK(own, count).map((at) => alternativeOf(at, own)),
      probability: own[id - firstId]!, rank: rankOf(own, id - firstId), entropy: entropyBits(own),
    };
  });
}

/** Rows that sum to one, `[layer, head, key]`, each head surest of another key. */
function rowsOf(keys: number, step: number): Float32Array {
  return Float32Array.from({ length: layers * heads * keys }, (_, at) => {
    const head = Math.floor(at / keys);
    return keys === 1 ? 1 : (at % keys === (step + head) % keys ? 0.7 : 0.3 / (keys - 1));
  });
}

/** Texts of more words than this are read from their end. */
const room = 60;

export function generation(request: WithoutTarget<GenerationRequest>): Generation {
  const { alternatives, choice, lens = 0, maxTokens = 40, prefix, repetitionPenalty = 1, text } = request;
  const all = tokensOf(text).filter(({ special }) => !special);
  const tokens = all.slice(-room);
  const forced = prefix && 'ids' in prefix ? prefix.ids : [];
  const choose = chooserOf(choice);
  const steps: WrittenStep[] = [];
  const written: number[] = [];
  let output = '';
  while (written.length < Math.min(maxTokens, window - tokens.length) && written.at(-1) !== stopId) {
    const logits = logitsAfter(written);
    const own = softmax(logits);
    const ruled = penalized(logits, written, repetitionPenalty);
    const step = written.length;
    const chosen = forced[step] === undefined ? choose(ruled) : { id: forced[step] - firstId, drawnWith: null };
    const at = chosen.id;
    const id = idOf(at);
    const start = output.length + (id === stopId ? 0 : 1);
    if (id !== stopId) output += ` ${words[at]!}`;
    steps.push({
      ...alternativeOf(at, own), start, end: output.length, special: id === stopId,
      logProbability: Math.log(own[at]!), rank: rankOf(own, at), drawnWith: chosen.drawnWith, forced: forced[step] !== undefined, entropy: entropyBits(own),
      alternatives: topK(own, alternatives).map((other) => alternativeOf(other, own)),
      chosenFrom: chosenFrom(own, ruled, request, id),
      selfAttention: rowsOf(tokens.length + step, step), crossAttention: null,
      lens: lens > 0 ? lensOf(written, id, lens) : null,
    });
    written.push(id);
  }
  const stopped = written.at(-1) === stopId ? 'stop-token' : written.length >= maxTokens ? 'limit' : 'window';
  return {
    model: decoderInfo, tokens, steps, output, firstKeys: tokens.map((token) => token.text), stopped, maxTokens,
    windowed: all.length > room ? { read: room, total: all.length, explanation: `Read the last ${room} tokens of the prompt: of the window of ${window}, ${window - room} are left to write.` } : null,
    logProbability: steps.reduce((sum, { logProbability }) => sum + logProbability, 0),
    stoppedExplanation: stopped === 'limit' ? `The model had not stopped after ${steps.length} tokens, the most that it was allowed to write.` : null,
    layers, heads, cached: false, repetitionPenalty, lensMissing: null,
  };
}

export function nextToken(request: WithoutTarget<NextTokenRequest>): NextToken {
  const logits = logitsAfter(request.after);
  return { model: decoderInfo, ...chosenFrom(softmax(logits), penalized(logits, request.after, request.repetitionPenalty), request, request.written) };
}
