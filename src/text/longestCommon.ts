/**
 * The longest common subsequence of two lists by key, as pairs in order (Wagner & Fischer 1974, "The string-to-string
 * correction problem"); of several, the one whose pairs come first in `a`.
 */
export function longestCommon<T>(a: readonly T[], b: readonly T[], keyOf: (item: T) => string): (readonly [T, T])[] {
  const [left, right] = [a.map(keyOf), b.map(keyOf)];
  const width = b.length + 1;
  // [from a, from b]: length of the longest common subsequence of what follows.
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] = left[i] === right[j] ? lengths[at + width + 1]! + 1 : Math.max(lengths[at + width]!, lengths[at + 1]!);
    }
  }
  const pairs: (readonly [T, T])[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const at = i * width + j;
    if (left[i] === right[j]) pairs.push([a[i++]!, b[j++]!]);
    else if (lengths[at + width]! >= lengths[at + 1]!) i++;
    else j++;
  }
  return pairs;
}
