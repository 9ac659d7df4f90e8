import { cosinePair } from './cosinePair';
import type { Outcome } from './contract';

/** The text whose words an outcome is made of, and its pair; nothing for an outcome of many texts. */
export function textsOf(outcome: Outcome): readonly [] | readonly [string, string | undefined] {
  switch (outcome.kind) {
    case 'word':
    case 'class':
      return [outcome.text, outcome.pair];
    case 'nextSentence':
      return [outcome.first, outcome.second];
    case 'nextToken':
      return [outcome.text, undefined];
    case 'cosine':
      return [cosinePair(outcome)[0].sentence, undefined];
    case 'separation':
      return [];
  }
}
