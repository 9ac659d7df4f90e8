/** What a graph does among the files of a model, as Optimum's exporter names it. */
export type GraphPart = 'model' | 'encoder_model' | 'decoder_model' | 'decoder_model_merged' | 'decoder_with_past_model';

/** What the name of an ONNX file says. */
export interface GraphName {
  readonly part: GraphPart;
  /** How its weights are written: `''` as they were exported, else `fp16`, `quantized`, `int8`, `q4` and such. */
  readonly variant: string;
}

/** Longer names before those that they begin with. */
const parts: readonly GraphPart[] = ['decoder_with_past_model', 'decoder_model_merged', 'decoder_model', 'encoder_model', 'model'];

/** Variants in the order in which one is taken where none was named: the nearest to the trained weights first. */
const usualOrder = ['', 'fp16', 'quantized'];

/**
 * Reads the name of an ONNX file, without its folder: `decoder_model_merged_q4.onnx` is the merged decoder in `q4`.
 * Null for a file of another name. The suffixes are those of Transformers.js (`dtypes.js`) and of Optimum.
 */
export function readGraphName(file: string): GraphName | null {
  if (!file.endsWith('.onnx')) return null;
  const stem = file.slice(0, -'.onnx'.length);
  for (const part of parts) {
    if (stem === part) return { part, variant: '' };
    const rest = stem.startsWith(`${part}_`) ? stem.slice(part.length + 1) : '';
    if (/^\w+$/.test(rest)) return { part, variant: rest };
  }
  return null;
}

/** The name of a part's file in a variant. */
export function graphFileName(part: GraphPart, variant: string): string {
  return variant === '' ? `${part}.onnx` : `${part}_${variant}.onnx`;
}

/** The variants, each once, those that are taken first leading. */
export function inUsualOrder(variants: Iterable<string>): string[] {
  const rank = (variant: string): number => (usualOrder.includes(variant) ? usualOrder.indexOf(variant) : usualOrder.length);
  return [...new Set(variants)].sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
}

const labels: Readonly<Record<string, string>> = { '': 'fp32', 'quantized': 'q8' };

/** What people call a variant, as Transformers.js' `dtype` does: `fp32` where the name says nothing, `q8` for `quantized`. */
export function variantLabel(variant: string): string {
  return labels[variant] ?? variant;
}
