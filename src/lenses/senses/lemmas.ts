export type PartOfSpeech = 'noun' | 'verb' | 'adjective' | 'adverb';

/** Endings of inflected forms and what the base form has in their place: WordNet's rules of detachment (morphy(7WN)). */
const detachments: Record<PartOfSpeech, readonly (readonly [ending: string, base: string])[]> = {
  noun: [['s', ''], ['ses', 's'], ['ves', 'f'], ['xes', 'x'], ['zes', 'z'], ['ches', 'ch'], ['shes', 'sh'], ['men', 'man'], ['ies', 'y']],
  verb: [['s', ''], ['ies', 'y'], ['es', 'e'], ['es', ''], ['ed', 'e'], ['ed', ''], ['ing', 'e'], ['ing', '']],
  adjective: [['er', ''], ['est', ''], ['er', 'e'], ['est', 'e']],
  adverb: [],
};

/** A dictionary of base forms. */
export interface Lemmas {
  has(lemma: string, partOfSpeech: PartOfSpeech): boolean;
  /** Base forms of an irregular form, as `stand` of `stood`; without the form itself. */
  irregular(form: string): readonly string[];
}

/** Base forms that a word can be a form of, itself among them, by part of speech. */
export function lemmasOf(word: string, dictionary: Lemmas): { readonly lemma: string; readonly partOfSpeech: PartOfSpeech }[] {
  const form = word.toLowerCase();
  const irregular = dictionary.irregular(form);
  return (Object.keys(detachments) as PartOfSpeech[]).flatMap((partOfSpeech) => {
    const regular = detachments[partOfSpeech].flatMap(([ending, base]) =>
      form.length > ending.length && form.endsWith(ending) ? [form.slice(0, -ending.length) + base] : [],
    );
    return [...new Set([form, ...irregular, ...regular])]
      .filter((lemma) => dictionary.has(lemma, partOfSpeech))
      .map((lemma) => ({ lemma, partOfSpeech }));
  });
}
