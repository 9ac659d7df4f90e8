import type { ModelInput } from './model';
import type { SourceRemainder } from './writer';

/** For each token of a row its place in the text that it is of. */
export function placesInWhole({ tokens, whole }: Pick<ModelInput, 'tokens' | 'whole'>): readonly number[] {
  if (!whole) return tokens.map((_, token) => token);
  const places = new Map(whole.map((token, place) => [token, place]));
  return tokens.map((token) => places.get(token)!);
}

/** What is left of a source, for a writer that reads it; nothing for one that is read as it is. */
export function remainderOf({ tokens, whole }: Pick<ModelInput, 'tokens' | 'whole'>): SourceRemainder | undefined {
  return whole && { of: whole.map(({ id }) => id), places: placesInWhole({ tokens, whole }) };
}
