import type { AttentionMapKey } from '../../../src/lenses/attention/contract';

/** What a kind of map shows, in a sentence or two with its source. */
export const mapTexts: Readonly<Record<AttentionMapKey['kind'], { readonly label: string; readonly explanation: string }>> = {
  head: { label: 'Weights of the head', explanation: 'The head’s own weights: each row sums to 1.' },
  norms: {
    label: 'Weights × length of values (norms)',
    explanation:
      'Each weight times the length of what its token brings over, as shares of the row: a token with a large weight and a tiny value changes little (Kobayashi et al. 2020, arXiv:2004.10102).',
  },
  layer: { label: 'Mean of the layer’s heads', explanation: 'The mean of the layer’s heads. Heads that differ cancel out.' },
  model: { label: 'Mean of all heads', explanation: 'The mean of all heads of all layers.' },
  rollout: {
    label: 'Rollout through the layers',
    explanation:
      'What each token holds of each input token after this layer, if attention and residual connection pass on half each in all layers so far (Abnar & Zuidema 2020, arXiv:2005.00928). An estimate from weights alone.',
  },
};
