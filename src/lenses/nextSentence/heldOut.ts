import { builtInFigures } from '../builtInFigures';
import type { TransformerModel } from '../model';
import type { HeldOutPairs } from './contract';

/** What was measured of the model's next-sentence head; null for any but the built-in encoder. */
export async function heldOutOf(model: TransformerModel): Promise<HeldOutPairs | null> {
  const { pairs, next_other_document: otherDocument, next_same_document: sameDocument } = await builtInFigures(model);
  const isKnown = [pairs, otherDocument, sameDocument].every((figure) => typeof figure === 'number');
  return isKnown ? ({ pairs, otherDocument, sameDocument } as HeldOutPairs) : null;
}
