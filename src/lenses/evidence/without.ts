import { HeadlightError } from '../../errors';
import { attentionParts } from '../attention/contract';
import { partNames, sizeOf } from '../attention/parts';
import type { ComputeContext } from '../compute';
import type { Interventions } from '../interventions';
import type { Ablation, HeadOfPart } from '../whatIf/contract';
import { headMeans } from '../whatIf/headMeans';
import { everywhere, type OpenOutcome, type Variant } from './outcome';

/**
 * The variant of an outcome in which some heads are ablated.
 * @throws HeadlightError `out-of-range` for a head that the model lacks
 */
export async function without(open: OpenOutcome, heads: readonly HeadOfPart[], ablation: Ablation, context: ComputeContext): Promise<Variant> {
  const { info } = context.model;
  for (const { part, layer, head } of heads) {
    const size = sizeOf(info, part);
    const isIn = (index: number, count: number): boolean => Number.isInteger(index) && index >= 0 && index < count;
    if (isIn(layer, size.layers) && isIn(head, size.heads)) continue;
    throw new HeadlightError('out-of-range', `${info.name} has no head ${layer}.${head} in its ${partNames[part]}, but ${size.layers} layers of ${size.heads} heads.`);
  }
  const inParts = await Promise.all(attentionParts.map(async (part): Promise<Interventions> => {
    const own = heads.filter((one) => one.part === part);
    const means = own.length > 0 && ablation === 'mean' ? await headMeans(context, part) : null;
    return { heads: own.map(({ layer, head }) => ({ layer, head, token: null, by: means?.[layer]?.[head] ?? null })) };
  }));
  const [encoder, decoder, cross] = inParts as [Interventions, Interventions, Interventions];
  if (info.writes?.task === 'translation') return { rows: open.rows, writer: { source: encoder, decoder, cross } };
  return everywhere(open, info.writes?.task === 'continuation' ? decoder : encoder);
}
