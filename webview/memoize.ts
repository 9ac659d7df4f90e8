/** A function that computes again only when an argument differs from the last call's. */
export function memoize<A extends readonly unknown[], R>(compute: (...given: A) => R): (...given: A) => R {
  let last: { readonly given: A; readonly result: R } | null = null;
  return (...given) => {
    if (!last?.given.every((value, index) => Object.is(value, given[index]))) last = { given, result: compute(...given) };
    return last.result;
  };
}
