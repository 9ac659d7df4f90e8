import type { AttentionMap } from '../../lenses/attention/contract';
import { packWeights } from '../../packed/packWeights';
import { mostExactWeights, type PackedMap } from '../../panel/packedMap';

/** A map as it travels to the panel: exactly, or packed where it is large. */
export async function packMap(map: AttentionMap): Promise<AttentionMap | PackedMap> {
  const { weights, ...rest } = map;
  if (weights.length <= mostExactWeights) return map;
  return { ...rest, packed: new Uint8Array(await packWeights(weights)) };
}
