import type { WithoutTarget } from '../../../src/lenses/model';
import type {
  Influence, InfluenceRequest, Translation, TranslationRequest, TranslationScore, TranslationScoreRequest,
} from '../../../src/lenses/translation/contract';
import type { WrittenStep } from '../../../src/lenses/writing/contract';
import { encoderInfo } from '../../support/encoderInfo';
import { tokensOf } from './fakeModel';

const [layers, heads] = [2, 4];
/** A model that translates, and one that writes on. */
export const translatorInfo = {
  ...encoderInfo,
  id: 'translator',
  name: 'translator',
  writes: { task: 'translation', looksBy: 'attention', layers, heads, window: 128, cached: true, everyState: true },
} as const;
export const decoderInfo = {
  ...encoderInfo,
  id: 'decoder',
  name: 'decoder',
  writes: { task: 'continuation', looksBy: null, layers, heads, window: 256, cached: false, everyState: true },
} as const;

/** Rows that sum to one, `[layer, head, key]`, each head surest of another key. */
function rowsOf(keys: number, step: number): Float32Array {
  return Float32Array.from({ length: layers * heads * keys }, (_, at) => {
    const head = Math.floor(at / keys);
    return keys === 1 ? 1 : (at % keys === (step + head) % keys ? 0.7 : 0.3 / (keys - 1));
  });
}

/** Writes these words, the last of them a stop token. */
function stepsOf(words: readonly string[], source: number | null, firstKeys: number): WrittenStep[] {
  let start = 0;
  return words.map((token, step) => {
    const special = token === '</s>';
    const end = special ? start : start + token.length;
    const probability = 0.8 / (1 + (step % 3));
    const written = {
      id: 10 + step, token, startsWord: true, probability, start, end, special,
      logProbability: Math.log(probability), rank: 1, drawnWith: null, forced: false, entropy: 2.5,
      alternatives: [{ id: 10 + step, token, startsWord: true, probability }, { id: 90 + step, token: '<b>otra</b>', startsWord: true, probability: 0.1 }],
      selfAttention: rowsOf(firstKeys + step, step),
      crossAttention: source === null ? null : rowsOf(source, step),
      lens: null,
    };
    start = end + 1;
    return written;
  });
}

const sumOf = (steps: readonly WrittenStep[]): number => steps.reduce((sum, { logProbability }) => sum + logProbability, 0);

/** Spanish for any text: the cow's. */
export function translation({ text, choice, maxTokens = 20, prefix }: WithoutTarget<TranslationRequest>): Translation {
  const tokens = tokensOf(text);
  const given = prefix && 'ids' in prefix ? prefix.ids : [];
  const words = ['La', 'vaca', 'saltó', '</s>'].map((word, at) => ((given[at] ?? 0) >= 90 ? '<b>otra</b>' : word)).slice(0, maxTokens);
  const steps = stepsOf(words, tokens.length, 1).map((step, at) => ({ ...step, forced: at < given.length, ...(given[at] !== undefined && { id: given[at] }) }));
  const stopped = words.includes('</s>') ? 'stop-token' : 'limit';
  const output = words.filter((word) => word !== '</s>').join(' ');
  const node = { parent: -1, step: 0, id: 10, token: 'La', startsWord: true, logProbability: -0.2, score: -0.2, fate: 'followed' } as const;
  return {
    model: translatorInfo, tokens, windowed: null, looksBy: 'attention',
    crossLayers: layers, crossHeads: heads, selfLayers: layers, selfHeads: heads,
    output, steps, firstKeys: ['<pad>'], stopped, maxTokens, logProbability: sumOf(steps),
    stoppedExplanation: stopped === 'limit' ? `The model had not stopped after ${words.length} tokens, the most that it was allowed to write.` : null,
    beams: choice.kind !== 'beams' ? null : {
      beams: choice.beams,
      lengthPenalty: choice.lengthPenalty ?? 1,
      nodes: [node, { ...node, id: 91, token: 'Una', score: -1.9, logProbability: -1.9, fate: 'pruned' }, { ...node, parent: 0, step: 1, id: 13, token: '</s>', score: -0.7, fate: 'finished' }],
      finished: [{ node: 2, output, score: -0.35, logProbability: -0.7, length: 2 }],
    },
  };
}

export function translationScore(request: WithoutTarget<TranslationScoreRequest>): TranslationScore {
  const { crossHeads, crossLayers, firstKeys, logProbability, looksBy, model, selfHeads, selfLayers, steps, tokens, windowed } = translation({ ...request, choice: { kind: 'greedy' } });
  const mean = -logProbability / steps.length;
  return {
    crossHeads, crossLayers, firstKeys, logProbability, looksBy, model, selfHeads, selfLayers, tokens, windowed,
    steps: steps.map((step) => ({ ...step, forced: true })),
    output: request.translation, perplexity: Math.exp(mean), bitsPerToken: mean / Math.LN2,
  };
}

export function influence({ text }: WithoutTarget<InfluenceRequest>): Influence {
  const tokens = tokensOf(text);
  const words = tokens.flatMap(({ end, special, start }, index) => (special ? [] : [{ start, end, tokens: [index], cosineDistance: 0.3 / index, distance: 0.6 / index }]));
  return { model: translatorInfo, tokens, windowed: null, words };
}
