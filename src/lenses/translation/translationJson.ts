import { modelFields } from '../modelFields';
import { attentionLists, bareSteps } from '../writing/writtenJson';
import type { Translation } from './contract';

/** A translation as files and the command line have it: attention as `[layer][head][target][source or key]`, null for none. */
export function translationJson(translation: Omit<Translation, 'stopped' | 'stoppedExplanation' | 'maxTokens' | 'beams'> & Partial<Pick<Translation, 'stopped' | 'beams'>>): object {
  const { beams, crossHeads, crossLayers, model, selfHeads, selfLayers, steps, stopped } = translation;
  const lists = (of: 'crossAttention' | 'selfAttention', layers: number, heads: number): number[][][][] | null => {
    const rows = steps.flatMap((step) => step[of] ?? []);
    return rows.length === 0 ? null : attentionLists(rows, layers, heads);
  };
  return {
    ...modelFields(model),
    output: translation.output,
    ...(stopped && { stopped }),
    logProbability: translation.logProbability,
    tokens: translation.tokens.map((token) => token.text),
    steps: bareSteps(steps),
    crossAttention: lists('crossAttention', crossLayers, crossHeads),
    selfAttention: lists('selfAttention', selfLayers, selfHeads),
    ...(beams && { finished: beams.finished.map(({ output, score }) => ({ output, score })) }),
  };
}
