import type { Forgetting, ForgettingRequest, LengthGroup, Recorded } from '../../../src/lenses/lineage/contract';
import type { WithoutTarget } from '../../../src/lenses/model';
import type { Translation, TranslationLines, TranslationLinesRequest, TranslationScore } from '../../../src/lenses/translation/contract';
import { wordRanges } from '../../../src/text/words';
import { translatorInfo } from './fakeWriting';

/** The translation as one of the three generations would give it: with one layer of one head, or with nothing to look at. */
export function ofGeneration(translation: Translation, model?: string): Translation {
  if (model !== 'rnn' && model !== 'rnn-attention') return translation;
  const vector = model === 'rnn';
  const keys = translation.tokens.length;
  return {
    ...translation,
    model: { ...translatorInfo, id: model, name: model },
    looksBy: vector ? 'vector' : 'alignment',
    crossLayers: vector ? 0 : 1, crossHeads: vector ? 0 : 1, selfLayers: 0, selfHeads: 0,
    output: vector ? 'La <b>fiesta</b> saltó' : translation.output,
    steps: translation.steps.map((step) => ({ ...step, selfAttention: null, crossAttention: vector ? null : step.crossAttention!.slice(0, keys) })),
  };
}

/** The older, the more surprised: `vaca`, the second piece, most of all. */
export function scoredBy(score: TranslationScore, model?: string): TranslationScore {
  const more = { rnn: 3, 'rnn-attention': 1 }[model ?? ''] ?? 0;
  const steps = score.steps.map((step, at) => ({ ...step, logProbability: step.logProbability - more * (at === 1 ? 2 : 0.5) }));
  const logProbability = steps.reduce((sum, step) => sum + step.logProbability, 0);
  const mean = -logProbability / steps.length;
  return { ...score, steps, logProbability, bitsPerToken: mean / Math.LN2, perplexity: Math.exp(mean) };
}

/** Knows what every source means, but the older, the fewer of its words. */
export function translationLines({ texts }: WithoutTarget<TranslationLinesRequest>, model?: string): TranslationLines {
  const lost = { rnn: 2, 'rnn-attention': 1 }[model ?? ''] ?? 0;
  return { model: translatorInfo, lines: texts.map((text) => ({ output: text.split(' ').slice(lost).join(' '), logProbability: -3, cut: false })) };
}

export function recorded(model?: string): Recorded {
  const start = { rnn: 29, 'rnn-attention': 40 }[model ?? ''] ?? 41;
  const fall = model === 'rnn' ? 5 : 0.5;
  const group = (words: readonly [number, number], at: number): LengthGroup => ({ words, pairs: 400 - 60 * at, bleu: start - fall * at });
  return {
    model: translatorInfo,
    figures: {
      pairs: 2000, beams: 4, bleu: start - fall,
      byLength: ([[1, 4], [5, 8], [9, 12], [13, 16]] as const).map(group),
      joinedByLength: ([[9, 12], [13, 16], [17, 24], [25, 40]] as const).map((words, at) => group(words, at + 1)),
    },
  };
}

/** Each word does half of what it did after each two further ones. */
export function forgetting({ every, texts }: WithoutTarget<ForgettingRequest>): Forgetting {
  return {
    model: translatorInfo,
    texts: texts.map((text) => {
      const words = wordRanges(text);
      return {
        words: words.map(({ end, start }, at) => {
          const moved = Array.from({ length: words.length - at }, (_, later) => ({ cosineDistance: 0.3 * 0.7 ** later, distance: 0.6 * 0.84 ** later }));
          return { start, end, moved: every || moved.length === 1 ? moved : [moved[0]!, moved.at(-1)!] };
        }),
      };
    }),
  };
}
