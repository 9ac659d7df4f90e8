/** An axis from 0 that holds `largest` with three to eight round steps: 1, 2 or 5 times a power of ten. */
export function roundAxis(largest: number): { readonly end: number; readonly step: number } {
  if (!(largest > 0)) return { end: 1, step: 0.5 };
  const power = 10 ** Math.floor(Math.log10(largest / 3));
  const step = [5, 2, 1].map((factor) => factor * power).find((candidate) => candidate <= largest / 3) ?? power;
  return { end: Number((Math.ceil(largest / step - 1e-9) * step).toPrecision(12)), step };
}
