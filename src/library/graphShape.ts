import type { GraphShape } from '../onnx/instrument';
import type { ModelConfig } from './modelConfig';

/** What a configuration says of the graph of a part with so many heads. */
export function graphShape({ headSize, hiddenSize, vocabulary }: ModelConfig, heads: number | null): GraphShape {
  return { heads: heads ?? 0, headSize: headSize ?? (heads === null || hiddenSize === null ? 0 : hiddenSize / heads), vocabulary };
}
