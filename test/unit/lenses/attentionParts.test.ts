import { describe, expect, it } from 'vitest';
import { hasVectors, mapKindsOf, partsOf, sizeOf } from '../../../src/lenses/attention/parts';
import type { ModelInfo, WritingInfo } from '../../../src/lenses/model';
import { encoderInfo } from '../../support/encoderInfo';

const writing = { layers: 3, heads: 2, window: 128, cached: true, everyState: false } as const;
const info = (writes: Pick<WritingInfo, 'task' | 'looksBy'> | null, layers = 6): ModelInfo => ({
  ...encoderInfo, layers, heads: layers === 0 ? 0 : 12, writes: writes && { ...writing, ...writes, ...(layers === 0 && { layers: 0, heads: 0 }) },
});
const encoder = info(null);
const stack = info({ task: 'continuation', looksBy: null });
const translator = info({ task: 'translation', looksBy: 'attention' });
const aligner = info({ task: 'translation', looksBy: 'alignment' }, 0);
const lstm = info({ task: 'translation', looksBy: 'vector' }, 0);

describe('the parts of a model', () => {
  it.each([
    ['an encoder', encoder, ['encoder']],
    ['a decoder stack', stack, ['decoder']],
    ['an encoder–decoder', translator, ['encoder', 'decoder', 'cross']],
    ['an LSTM with alignment', aligner, ['cross']],
    ['an LSTM without', lstm, []],
    ['static vectors', info(null, 0), []],
  ] as const)('of %s', (_, model, parts) => {
    expect(partsOf(model)).toEqual(parts);
  });

  it('have sizes of their own, none where the model lacks them', () => {
    expect(sizeOf(translator, 'encoder')).toMatchObject({ layers: 6, heads: 12 });
    expect(sizeOf(translator, 'cross')).toMatchObject({ layers: 3, heads: 2 });
    expect(sizeOf(stack, 'decoder')).toMatchObject({ layers: 6, heads: 12 });
    expect(sizeOf(aligner, 'cross')).toEqual({ layers: 1, heads: 1 });
    expect(sizeOf(encoder, 'cross')).toEqual({ layers: 0, heads: 0 });
  });

  it('have the maps that make sense of them', () => {
    expect(mapKindsOf({ model: translator, part: 'decoder' })).toContain('rollout');
    expect(mapKindsOf({ model: translator, part: 'cross' })).toEqual(['head', 'norms', 'layer', 'model']);
    expect(mapKindsOf({ model: aligner, part: 'cross' })).toEqual(['head']);
    expect([hasVectors({ model: translator }), hasVectors({ model: aligner }), hasVectors({ model: encoder })]).toEqual([true, false, true]);
  });
});
