/** A model of the hub that is worth a look. */
export interface CuratedModel {
  readonly id: string;
  readonly name: string;
  /** Millions of weights, as its authors count. */
  readonly parameters: number;
  readonly goodFor: string;
  /** Whether its repository has ONNX files; else Optimum exports it. */
  readonly hasOnnx: boolean;
}

/** Models that the field speaks of, each with what can be seen in it. */
export const curatedModels: readonly CuratedModel[] = [
  { id: 'Xenova/bert-base-uncased', name: 'BERT base, uncased', parameters: 110, hasOnnx: true, goodFor: 'attention, masked words, senses: what most papers look into' },
  { id: 'google-bert/bert-large-uncased', name: 'BERT large, uncased', parameters: 336, hasOnnx: false, goodFor: 'the same with 24 layers of 16 heads' },
  { id: 'Xenova/bert-base-multilingual-uncased', name: 'BERT base, multilingual', parameters: 168, hasOnnx: true, goodFor: 'masked words and senses in 102 languages' },
  { id: 'Xenova/distilbert-base-uncased', name: 'DistilBERT base, uncased', parameters: 67, hasOnnx: true, goodFor: 'half of BERT’s layers, nearly its predictions' },
  { id: 'Xenova/roberta-base', name: 'RoBERTa base', parameters: 125, hasOnnx: true, goodFor: 'masked words, learned from ten times BERT’s text' },
  { id: 'Xenova/distilbert-base-uncased-finetuned-sst-2-english', name: 'DistilBERT for sentiment (SST-2)', parameters: 67, hasOnnx: true, goodFor: 'attention after fine-tuning for one task' },
  { id: 'Xenova/opus-mt-en-es', name: 'Marian, English to Spanish', parameters: 78, hasOnnx: true, goodFor: 'translation step by step, cross-attention, beam search' },
  { id: 'Xenova/t5-small', name: 'T5 small', parameters: 60, hasOnnx: true, goodFor: 'any task as text to text' },
  { id: 'Xenova/gpt2', name: 'GPT-2', parameters: 124, hasOnnx: true, goodFor: 'text written on, masked attention, what each layer would write' },
];

/** About how large its files are, in bytes: weights of 4 bytes (fp32), or of 1 (q8). */
export function approximateSize({ parameters }: CuratedModel, bytesOfWeight: 1 | 4): number {
  return parameters * 1e6 * bytesOfWeight;
}
