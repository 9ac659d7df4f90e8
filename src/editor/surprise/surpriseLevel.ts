/** From hardly to utterly unexpected. */
export const surpriseLevels = [1, 2, 3, 4] as const;
export type SurpriseLevel = (typeof surpriseLevels)[number];

/** Bits from which each level begins: one in 8, 64, 512 and 4,096. */
export const levelStarts: Readonly<Record<SurpriseLevel, number>> = { 1: 3, 2: 6, 3: 9, 4: 12 };

/** The level of a surprise in bits; null for a word that was among the likeliest eight or so. */
export function surpriseLevelOf(bits: number): SurpriseLevel | null {
  return surpriseLevels.findLast((level) => bits >= levelStarts[level]) ?? null;
}
