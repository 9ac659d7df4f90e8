import { HeadlightError } from '../errors';
import type { AttentionRequest } from '../lenses/attention/contract';
import type { LensRequest, LensResult } from '../lenses/calls';
import type { WithoutTarget } from '../lenses/model';
import { packWeights } from '../packed/packWeights';
import type { Token } from '../text/token';
import { mostWeights, type PageSubject, type StandaloneAttention } from './contract';

type Asked = 'attention/overview' | 'attention/map';
/** Anything that answers for one model. */
export type AskAttention = <M extends Asked>(method: M, request: WithoutTarget<LensRequest<M>>) => Promise<LensResult<M>>;

/**
 * Asks for all heads of a text, one after the other.
 * @throws HeadlightError `text-too-long` where they are too many for a page
 */
export async function collectAttention(
  ask: AskAttention,
  request: WithoutTarget<AttentionRequest>,
  { label, state }: PageSubject,
): Promise<Omit<StandaloneAttention, 'made' | 'version'>> {
  const { model, part, queries, tokens, written, windowed, layers, heads, kinds } = await ask('attention/overview', request);
  const size = queries.length * tokens.length;
  const count = layers * heads * size;
  if (count > mostWeights) {
    const most = Math.floor(Math.sqrt(mostWeights / (layers * heads)));
    throw new HeadlightError(
      'text-too-long',
      `This text has ${Math.max(queries.length, tokens.length)} tokens, and a page holds the heads of this model for up to ${most}. Choose a shorter text, or save one map as SVG, PNG, CSV or JSON.`,
    );
  }
  const weights = new Float32Array(count);
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) {
      const map = await ask('attention/map', { ...request, map: { kind: 'head', layer, head } });
      weights.set(map.weights, (layer * heads + head) * size);
    }
  }
  return {
    format: 1,
    label,
    // A source is read whole.
    text: written ? request.text : covered(request.text, tokens, 0),
    ...(request.pair !== undefined && { pair: covered(request.pair, tokens, 1) }),
    state,
    // Thumbnails are made again from the weights.
    overview: { model, part, queries, tokens, written, windowed, layers, heads, kinds },
    weights: (await packWeights(weights)).toString('base64'),
  };
}

/** The part of a text that its tokens stand for: all of it, unless it was too long for the model. */
function covered(text: string, tokens: readonly Token[], segment: 0 | 1): string {
  const own = tokens.filter((token) => !token.special && token.segment === segment);
  return text.slice(own[0]?.start ?? 0, own.at(-1)?.end ?? 0);
}
