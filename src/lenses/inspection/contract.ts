import type { AttentionKind, Target } from '../model';

/** What Headlight finds in a model folder, without loading it: nothing is computed, and weights stay on the disk. */
export type InspectionRequest = Target;

/** One attention of a graph. */
export interface InspectedAttention {
  /** File of the graph. */
  readonly file: string;
  /** From 0, among those of its kind in its graph. */
  readonly layer: number;
  readonly kind: AttentionKind;
  readonly heads: number | null;
  /** The node that makes the weights: a softmax, or a fused attention that is written out. */
  readonly node: string;
}

/** What an output of a graph is for. */
export type OutputKind = 'vocabulary' | 'classes' | 'token classes' | 'next sentence' | 'answer span' | 'hidden state' | 'pooled vector' | 'other';

export interface InspectedOutput {
  readonly file: string;
  readonly name: string;
  readonly kind: OutputKind;
  /** Its last dimension where the file states it: entries of the vocabulary, classes, width. */
  readonly size: number | null;
}

export interface InspectedFile {
  readonly name: string;
  /** Bytes, with the weight files beside it. */
  readonly size: number;
  readonly opset: number;
  /** The exporter, as the file names it. */
  readonly producer: string;
  readonly nodes: number;
  /** Numbers stored as weights, by how they are stored: fp32, fp16, int8, … */
  readonly weights: Readonly<Record<string, number>>;
  /** Fused operators that are written out, and how many of each. */
  readonly fused: Readonly<Record<string, number>>;
}

/** Something that cannot be shown, and the node that stopped it; the node is empty where no single one did. */
export interface Unsupported {
  readonly file: string;
  readonly node: string;
  readonly reason: string;
}

export interface InspectedTokenizer {
  /** WordPiece, BPE, Unigram, WordLevel. */
  readonly model: string;
  readonly vocabulary: number;
  readonly maskToken: string | null;
}

export interface Inspection {
  readonly name: string;
  readonly folder: string;
  readonly architecture: string;
  readonly files: readonly InspectedFile[];
  /** Of the part that reads, or of a decoder stack. */
  readonly layers: number;
  /** As the configuration states it. */
  readonly heads: number | null;
  readonly hiddenSize: number | null;
  /** Most tokens in one input; null where neither model nor tokenizer sets a limit. */
  readonly window: number | null;
  readonly attentions: readonly InspectedAttention[];
  /** How many of the states between layers were found, of how many. */
  readonly hiddenStates: { readonly found: number; readonly of: number };
  readonly outputs: readonly InspectedOutput[];
  readonly unsupported: readonly Unsupported[];
  /** Null for one that cannot be read; `unsupported` says why. */
  readonly tokenizer: InspectedTokenizer | null;
}
