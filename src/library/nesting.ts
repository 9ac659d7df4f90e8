/** Whether a parsed JSON value has more than `most` levels of lists and objects. Found without recursion, which deep ones would exhaust. */
export function nestsDeeper(value: unknown, most: number): boolean {
  let level = [value].filter(isHolder);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((holder) => Object.values(holder).filter(isHolder));
  }
  return false;
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
