/** How many numbers are stored, by how they are stored: "22.9 M numbers in int8, 0.1 M in fp32". */
export function numbersStored(weights: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(weights).toSorted(([, one], [, other]) => other - one);
  const parts = kinds.map(([kind, count], at) => `${shortNumber(count)}${at === 0 ? ' numbers' : ''} in ${kind}`);
  return parts.join(', ') || 'no weights';
}

function shortNumber(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} G`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return count >= 1e4 ? `${Math.round(count / 1e3)} k` : String(count);
}
