import type { WithoutTarget } from '../../../src/lenses/model';
import type { GenerationRequest } from '../../../src/lenses/generation/contract';

/** How tokens are chosen, as the reader sets it. */
export interface HowToWrite {
  /** Drawn by their probabilities, or the most probable each time. */
  readonly draw: boolean;
  readonly temperature: number;
  /** Null for all. */
  readonly topK: number | null;
  readonly topP: number;
  /** Null for the model's own. */
  readonly penalty: number | null;
  readonly seed: number;
  readonly maxTokens: number;
}

/** What sliders offer. */
export const temperatures = { min: 0.1, max: 2, step: 0.1 } as const;
export const topPs = { min: 0.05, max: 1, step: 0.05 } as const;
export const penalties = { min: 0.8, max: 2, step: 0.05 } as const;
export const topKs = [1, 2, 3, 5, 10, 20, 50, 100, null] as const;
export const lengths = [1, 5, 10, 20, 40, 80, 160, 320] as const;

export const usualWay: HowToWrite = { draw: false, temperature: 1, topK: null, topP: 1, penalty: null, seed: 1, maxTokens: 40 };

/** The settings as the engine takes them. */
export function choiceOf({ draw, penalty, seed, temperature, topK, topP }: HowToWrite): Pick<WithoutTarget<GenerationRequest>, 'choice' | 'repetitionPenalty'> {
  return {
    choice: draw ? { kind: 'sample', seed, temperature, topP, ...(topK !== null && { topK }) } : { kind: 'greedy' },
    ...(penalty !== null && { repetitionPenalty: penalty }),
  };
}

/** Whether two ways draw from the same chances: whatever the seed and the length. */
export function sameChances(a: HowToWrite, b: HowToWrite): boolean {
  const settled = (how: HowToWrite): string => JSON.stringify(choiceOf({ ...how, seed: 0 }));
  return settled(a) === settled(b);
}

/** Whether they write the same text. */
export function sameText(a: HowToWrite, b: HowToWrite): boolean {
  return sameChances(a, b) && a.maxTokens === b.maxTokens && (!a.draw || a.seed === b.seed);
}

const within = (value: unknown, { min, max }: { readonly min: number; readonly max: number }): value is number =>
  typeof value === 'number' && value >= min && value <= max;

/** Reads remembered settings; anything missing or malformed becomes the default. */
export function readHowToWrite(saved: unknown): HowToWrite {
  const from = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<keyof HowToWrite, unknown>>;
  return {
    draw: from.draw === true,
    temperature: within(from.temperature, temperatures) ? from.temperature : usualWay.temperature,
    topK: topKs.find((most) => most === from.topK) ?? usualWay.topK,
    topP: within(from.topP, topPs) ? from.topP : usualWay.topP,
    penalty: within(from.penalty, penalties) ? from.penalty : usualWay.penalty,
    seed: Number.isSafeInteger(from.seed) ? from.seed as number : usualWay.seed,
    maxTokens: lengths.find((most) => most === from.maxTokens) ?? usualWay.maxTokens,
  };
}
