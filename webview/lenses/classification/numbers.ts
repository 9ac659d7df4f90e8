import { formatWeight } from '../../format';

/** A number with its sign: `+0.42`, `−3.1`, `0`. */
export function formatSigned(value: number): string {
  return value > 0 ? `+${formatWeight(value)}` : formatWeight(value);
}

/** A difference of probabilities in points of a hundred: `+4.2`, `−0.031`. */
export function formatPoints(difference: number): string {
  return formatSigned(difference * 100);
}
