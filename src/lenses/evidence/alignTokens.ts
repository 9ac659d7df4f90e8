import { longestCommon } from '../../text/longestCommon';

/** For each token of one text the token of another that it is held against; null where there is none. */
export type Alignment = readonly (number | null)[];

/**
 * Aligns the tokens of two texts: by place where they have as many, else by their longest common subsequence, on either
 * side of the places that have to meet.
 * @param meeting pairs of places that belong together whatever stands there, such as the masked ones; in order
 */
export function alignTokens(ids: readonly number[], others: readonly number[], meeting: readonly (readonly [number, number])[] = []): Alignment {
  if (ids.length === others.length && meeting.every(([one, other]) => one === other)) return ids.map((_, at) => at);
  const aligned: (number | null)[] = [];
  let from = 0;
  for (const [one, other] of [...meeting, [ids.length, others.length] as const]) {
    const start = aligned.length;
    aligned.push(...commonPlaces(ids.slice(start, one), others.slice(from, other)).map((place) => place === null ? null : place + from));
    if (one < ids.length) aligned.push(other);
    from = other + 1;
  }
  return aligned;
}

/** For each of the first its place among the others, by their longest common subsequence. */
function commonPlaces(ids: readonly number[], others: readonly number[]): Alignment {
  const placed = (list: readonly number[]) => list.map((id, place) => ({ id, place }));
  const pairs = new Map(longestCommon(placed(ids), placed(others), ({ id }) => String(id)).map(([one, other]) => [one.place, other.place]));
  return ids.map((_, at) => pairs.get(at) ?? null);
}
