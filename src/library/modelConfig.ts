import type { ProblemType } from '../lenses/model';
import { problemTypes, readLabels } from './classifierConfig';

/** Shape of a transformer, as the `config.json` of Hugging Face folders states it. */
export interface ModelConfig {
  readonly architecture: string;
  readonly layers: number | null;
  readonly heads: number | null;
  readonly hiddenSize: number | null;
  /** Null where it is the hidden size's share. */
  readonly headSize: number | null;
  /** Heads of the decoder, where there is one beside an encoder. */
  readonly decoderHeads: number | null;
  readonly vocabulary: number | null;
  /** Most tokens in one input; null where the model sets no limit. */
  readonly window: number | null;
  readonly padId: number | null;
  /** LSTMs, in the layout of the built-in ones. */
  readonly isRecurrent: boolean;
  /** Names of classes by their index, as far as the configuration gives them. */
  readonly labels: ReadonlyMap<number, string>;
  /** What a classifier was trained for; null where the configuration does not say. */
  readonly problemType: ProblemType | null;
}

/** No count of a model is greater: one that is, is taken for none. */
const greatest = 2 ** 24;

/** What families call the number of layers. */
export const layerCountNames = ['num_hidden_layers', 'n_layer', 'n_layers', 'num_layers', 'encoder_layers'] as const;

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
    layers: firstNumber(config, layerCountNames),
    heads: firstNumber(config, ['encoder_attention_heads', 'num_attention_heads', 'n_head', 'n_heads', 'num_heads']),
    decoderHeads: firstNumber(config, ['decoder_attention_heads', 'num_attention_heads', 'num_heads']),
    hiddenSize: firstNumber(config, ['hidden_size', 'n_embd', 'dim', 'd_model']),
    headSize: firstNumber(config, ['head_dim', 'd_kv']),
    vocabulary: firstNumber(config, ['vocab_size']),
    padId: typeof config['pad_token_id'] === 'number' ? config['pad_token_id'] : null,
    isRecurrent: type === 'lstm-encoder-decoder',
    labels: readLabels(config['id2label']),
    problemType: problemTypes.get(text(config['problem_type']) ?? '') ?? null,
    window: window !== null && type !== null && paddedPositions.has(type) ? window - 2 : window,
  };
}

function firstNumber(config: Json, names: readonly string[]): number | null {
  for (const name of names) {
    const value = config[name];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= greatest) return value;
  }
  return null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
