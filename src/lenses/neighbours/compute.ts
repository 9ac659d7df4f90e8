import { HeadlightError } from '../../errors';
import { cosine } from '../../math/vector';
import { foldedForm } from '../../text/contentWords';
import type { Compute } from '../compute';
import type { OccurrenceInContext } from '../senses/contract';
import { stateVectors } from '../stateVectors';
import type { Neighbour } from './contract';
import { wordsAround } from './wordsAround';

/** The nearest content words of a text after each hidden state. */
export const neighbours: Compute<'vectors/neighbours'> = async ({ of, text, focus, top, sameWord }, context) => {
  const { model } = context;
  const { words, tokens, whole } = wordsAround(text, focus, model.tokenizer);
  const [own] = await stateVectors([of], context);
  if (!own) {
    throw new HeadlightError('word-not-found', `${model.info.name} cannot read “${of.sentence.slice(of.start, of.end)}”. Choose another word.`);
  }
  const occurrences = words.map(({ start, end, sentence }): OccurrenceInContext => ({
    sentence: text.slice(sentence.start, sentence.end),
    start: start - sentence.start,
    end: end - sentence.start,
  }));
  const vectors = await stateVectors(occurrences, context);
  const asked = formOf(of);
  const candidates = [...words.keys()].filter((at) => {
    const other = occurrences[at]!;
    if (!vectors[at]) return false;
    return formOf(other) === asked ? sameWord && !isSamePlace(other, of) : true;
  });
  return {
    model: model.info,
    states: own.map((vector, state) => {
      const ranked = candidates
        .map((at) => ({ at, cosine: cosine(vector, vectors[at]![state]!) }))
        .sort((a, b) => b.cosine - a.cosine);
      const seen = new Set<string>();
      const nearest: Neighbour[] = [];
      for (const { at, cosine } of ranked) {
        if (nearest.length === top) break;
        const form = formOf(occurrences[at]!);
        // Of another word its nearest place says enough; those of the same word are what the senses are about.
        if (form !== asked && seen.has(form)) continue;
        seen.add(form);
        nearest.push({ ...words[at]!, cosine });
      }
      return nearest;
    }),
    compared: candidates.length,
    tokens,
    whole,
  };
};

function formOf({ sentence, start, end }: OccurrenceInContext): string {
  return foldedForm(sentence.slice(start, end));
}

function isSamePlace(a: OccurrenceInContext, b: OccurrenceInContext): boolean {
  return a.start === b.start && a.end === b.end && a.sentence === b.sentence;
}
