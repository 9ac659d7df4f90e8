/** What a model's configuration says of how it is made to write, in Transformers' terms. */
export interface WritingRules {
  /** Ids that the decoder starts from; none for a decoder stack, which starts from its prompt. */
  readonly start: readonly number[];
  /** Ids that end what is written. */
  readonly stop: readonly number[];
  /** Written first, whatever the model says: the language of the translation (`forced_bos_token_id`). */
  readonly forcedFirst: number | null;
  /** Written in the last place there is (`forced_eos_token_id`). */
  readonly forcedLast: number | null;
  /** Never written (`bad_words_ids` of one token, `suppress_tokens`). */
  readonly suppressed: readonly number[];
  /** Runs of this many tokens are not written twice; 0 for no such rule. */
  readonly noRepeat: number;
  /** Fewest tokens, start included, before it may stop (`min_length`). */
  readonly minLength: number;
  /** 1 for none. */
  readonly repetitionPenalty: number;
  /** Exponent of the length by which the score of a beam is divided. */
  readonly lengthPenalty: number;
  /** True: beam search ends once it has as many finished hypotheses as beams. */
  readonly earlyStopping: boolean | 'never';
}
