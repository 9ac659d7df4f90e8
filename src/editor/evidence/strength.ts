/** From faint to strong. */
export const strengths = [1, 2, 3] as const;
export type Strength = (typeof strengths)[number];

/** Shares of the largest evidence below this are not shaded. */
const least = 0.04;

/** How strongly evidence is shaded: by thirds of the largest in the text. Null for hardly any. */
export function strengthOf(logit: number, most: number): Strength | null {
  const share = Math.abs(logit) / most;
  if (!(share >= least)) return null;
  return share > 2 / 3 ? 3 : share > 1 / 3 ? 2 : 1;
}
