/** From faint to strong. */
export const strengths = [1, 2, 3, 4, 5] as const;
export type Strength = (typeof strengths)[number];

/** Weights below this are not shaded. */
const least = 0.01;

/**
 * How strongly a weight (0–1) is shaded: five equal steps of its square root, as in the panel's drawings, so that small
 * weights can be told apart: up to 4 %, 16 %, 36 %, 64 % and 100 %. The same shade is the same weight for every token
 * and map. Null for less than 1 %.
 */
export function strengthOf(weight: number): Strength | null {
  if (!(weight >= least)) return null;
  return strengths[Math.min(strengths.length, Math.ceil(Math.sqrt(weight) * strengths.length - 1e-6)) - 1] ?? null;
}
