/** Shape of a transformer, as the `config.json` of Hugging Face folders states it. */
export interface ModelConfig {
  readonly architecture: string;
  readonly layers: number | null;
  readonly heads: number | null;
  readonly hiddenSize: number | null;
  /** Most tokens in one input; null where the model sets no limit. */
  readonly window: number | null;
}

type Json = Readonly<Record<string, unknown>>;

/** Position tables of these families start behind the padding id, which takes two places. */
const paddedPositions = new Set(['roberta', 'xlm-roberta', 'camembert', 'mpnet', 'longformer']);

/** Reads the names that the families use for the same thing. */
export function readModelConfig(config: Json): ModelConfig {
  const type = text(config['model_type']);
  const architectures = config['architectures'];
  const window = firstNumber(config, ['max_position_embeddings', 'n_positions', 'n_ctx']);
  return {
    architecture: (Array.isArray(architectures) ? text(architectures[0]) : null) ?? type ?? 'unknown architecture',
    layers: firstNumber(config, ['num_hidden_layers', 'n_layer', 'n_layers', 'num_layers', 'encoder_layers']),
    heads: firstNumber(config, ['num_attention_heads', 'n_head', 'n_heads', 'num_heads', 'encoder_attention_heads']),
    hiddenSize: firstNumber(config, ['hidden_size', 'n_embd', 'dim', 'd_model']),
    window: window !== null && type !== null && paddedPositions.has(type) ? window - 2 : window,
  };
}

function firstNumber(config: Json, names: readonly string[]): number | null {
  for (const name of names) {
    const value = config[name];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  }
  return null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
