const narrowNoBreakSpace = '\u202f';

/** A number with two significant digits and no exponent: `0.42`, `0.0031`, `1`; tiny ones as `< 0.001`. */
export function formatWeight(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001) return `${value < 0 ? '−' : ''}<${narrowNoBreakSpace}0.001`;
  const digits = Number(size.toPrecision(2)) >= 1 ? 2 : 1 - Math.floor(Math.log10(Number(size.toPrecision(2))));
  return `${value < 0 ? '−' : ''}${size.toFixed(Math.max(0, digits))}`;
}

/** A probability (0–1) as a percentage with two or three significant digits: `41.8 %`, `3.2 %`, `0.012 %`. */
export function formatPercent(probability: number): string {
  if (!Number.isFinite(probability)) return '–';
  const percent = probability * 100;
  if (percent === 0) return `0${narrowNoBreakSpace}%`;
  if (percent < 0.0001) return `<${narrowNoBreakSpace}0.0001${narrowNoBreakSpace}%`;
  if (percent > 99.95) return `${percent === 100 ? '100' : `>${narrowNoBreakSpace}99.9`}${narrowNoBreakSpace}%`;
  const digits = percent >= 1 ? 1 : 1 - Math.floor(Math.log10(Number(percent.toPrecision(2))));
  return `${percent.toFixed(digits)}${narrowNoBreakSpace}%`;
}

/** `1 token`, `3 tokens`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count}${narrowNoBreakSpace}${count === 1 ? one : many}`;
}
