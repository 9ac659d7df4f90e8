import type { WritingRules } from '../lenses/writing/rules';

type Json = Readonly<Record<string, unknown>>;

/**
 * How a model is made to write, as `generation_config.json` and `config.json` of Hugging Face folders state it in the
 * names that Transformers uses; what the generation's configuration leaves out, the model's own may state.
 * @param startsItself true for a decoder that gets start tokens, false for one that is given a prompt
 */
export function readWritingConfig(config: Json, generation: Json, startsItself: boolean): WritingRules {
  const value = (name: string): unknown => generation[name] ?? config[name];
  const number = (name: string, otherwise: number): number => {
    const found = value(name);
    return typeof found === 'number' ? found : otherwise;
  };
  const id = (name: string): number | null => ids(value(name))[0] ?? null;
  const start = [...ids(value('decoder_start_token_id')), ...ids(value('bos_token_id')), ...ids(value('pad_token_id')), 0].slice(0, 1);
  const early = value('early_stopping');
  return {
    start: startsItself ? start : [],
    stop: ids(value('eos_token_id')),
    forcedFirst: startsItself ? id('forced_bos_token_id') : null,
    forcedLast: id('forced_eos_token_id'),
    suppressed: [...singleTokens(value('bad_words_ids')), ...ids(value('suppress_tokens'))],
    noRepeat: number('no_repeat_ngram_size', 0),
    minLength: number('min_length', 0),
    repetitionPenalty: number('repetition_penalty', 1),
    lengthPenalty: number('length_penalty', 1),
    earlyStopping: early === 'never' ? 'never' : early === true,
  };
}

function ids(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).filter((id): id is number => Number.isInteger(id) && Number(id) >= 0);
}

/** Forbidden runs of one token; longer ones are rare and not minded. */
function singleTokens(value: unknown): number[] {
  return Array.isArray(value) ? value.flatMap((run) => (Array.isArray(run) && run.length === 1 ? ids(run) : [])) : [];
}
