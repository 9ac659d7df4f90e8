import { encoderInfo } from '../../support/encoderInfo';

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
