import type { Translate } from '../../../src/editor/translate';
import type { Senses } from '../../../src/lenses/senses/contract';
import { encoderInfo } from '../../support/encoderInfo';

/** English, as `vscode.l10n.t` gives it without a translation. */
export const t: Translate = (message, ...values) => message.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)]));

/** Three occurrences of "stand": two of one sense and, in the middle, one of another. */
export function senses(overrides: Partial<Senses> = {}): Senses {
  const at = (sense: number, x: number): Senses['occurrences'][number] => ({ sense, x, y: 0.2, static: { x: 0.01 * x, y: 0 } });
  return {
    model: encoderInfo,
    word: 'stand',
    occurrences: [at(0, -0.8), at(1, 0.7), at(0, -0.6)],
    left: 0,
    senses: [
      { size: 2, substitutes: ['rack', 'tripod'], name: null },
      { size: 1, substitutes: ['bear'], name: null },
    ],
    sameSense: new Float32Array(9),
    cosine: { contextual: { within: 0.81, between: 0.42 }, static: { within: 1, between: 0.99 } },
    names: [null, null, null],
    substitutes: [
      { token: 'bear', id: 7, probability: 0.32 },
      { token: 'take', id: 8, probability: 0.04 },
    ],
    calibrated: true,
    ...overrides,
  };
}
