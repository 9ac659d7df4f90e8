import type { ModelInfo } from '../../src/lenses/model';

/** What Headlight says of its built-in encoder, for tests that run no model. */
export const encoderInfo: ModelInfo = {
  id: 'encoder',
  name: 'encoder',
  architecture: 'bert',
  device: 'cpu',
  deviceReason: 'The only device of this machine.',
  layers: 6,
  heads: 12,
  hiddenSize: 384,
  window: 512,
  maskToken: '[MASK]',
  hasMaskedLanguageHead: true,
  hasNextSentenceHead: true,
  labels: ['negative', 'positive'],
  problemType: 'single-label',
  writes: null,
  limits: [],
};
