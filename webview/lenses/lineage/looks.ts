import { hues } from '../../../src/picture/hues';
import { generations } from '../../../src/lenses/lineage/generations';
import type { Theme } from '../../theme';

/** What tells the generations apart, in their order: a hue, and the shape of points. */
const looks = [
  { hue: 5, point: 'circle' },
  { hue: 2, point: 'rect' },
  { hue: 1, point: 'triangle' },
] as const;

/** Dashes of lines that are not recorded but measured now. */
export const liveDash = [5, 4] as const;

export interface Look {
  readonly color: string;
  readonly point: 'circle' | 'rect' | 'triangle';
}

export function lookOf(model: string, theme: Theme): Look {
  const { hue, point } = looks[generations.findIndex((generation) => generation.model === model)] ?? looks[0];
  return { color: hues(theme.dark)[hue]!, point };
}
