const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of block characters for a share from 0 to 1, padded to `width` characters. */
export function bar(share: number, width = 20): string {
  const units = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return ('█'.repeat(units >> 3) + eighths[units & 7]!).padEnd(width);
}

/** A share as per cent with three significant digits at most: `12.3 %`, `0.04 %`. */
export function percent(share: number): string {
  const value = share * 100;
  const digits = value >= 10 || value === 0 ? 1 : value >= 1 ? 2 : 3;
  return value > 0 && value < 0.001 ? '<0.001 %' : `${value.toFixed(digits)} %`;
}
