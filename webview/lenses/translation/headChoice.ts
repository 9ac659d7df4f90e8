/** Which heads of a stack of layers are looked at. */
export interface HeadChoice {
  /** Null for all layers. */
  readonly layer: number | null;
  /** Null for the mean of a layer's heads. */
  readonly head: number | null;
}

/** The heads that a remembered choice means in a model of this size; all where it has no such layer or head. */
export function headChoice(chosen: string, layers: number, heads: number): HeadChoice {
  const [layer, head] = chosen === 'all' ? [] : chosen.split('.').map(Number);
  if (layer === undefined || layer >= layers) return { layer: null, head: null };
  return { layer, head: head === undefined || head >= heads ? null : head };
}

/** Every choice that a model of this size offers. */
export function headChoices(layers: number, heads: number): { readonly value: string; readonly label: string }[] {
  const all = { value: 'all', label: layers * heads > 1 ? `mean of all ${layers * heads} heads` : 'its one alignment' };
  if (layers * heads <= 1) return [all];
  return [
    all,
    ...Array.from({ length: layers }, (_, layer) => ({ value: String(layer), label: `layer ${layer}, mean of ${heads} heads` })),
    ...Array.from({ length: layers * heads }, (_, at) => {
      const [layer, head] = [Math.floor(at / heads), at % heads];
      return { value: `${layer}.${head}`, label: `layer ${layer}, head ${head}` };
    }),
  ];
}

/** What a choice is called within a sentence. */
export function headChoiceName({ layer, head }: HeadChoice, layers: number, heads: number): string {
  if (layers * heads <= 1) return 'the alignment';
  if (layer === null) return `the mean of all ${layers * heads} heads`;
  return head === null ? `the mean of layer ${layer}` : `layer ${layer}, head ${head}`;
}

/**
 * One row of attention: that of a head, or the mean of several.
 * @param rows `[layer, head, key]`
 * @returns `[key]`
 */
export function chosenRow(rows: Float32Array, layers: number, heads: number, { layer, head }: HeadChoice): Float32Array {
  const keys = rows.length / (layers * heads);
  const [from, to] = layer === null ? [0, layers * heads] : head === null ? [layer * heads, (layer + 1) * heads] : [layer * heads + head, layer * heads + head + 1];
  const mean = new Float32Array(keys);
  for (let at = from; at < to; at++) for (let key = 0; key < keys; key++) mean[key]! += rows[at * keys + key]! / (to - from);
  return mean;
}
