import type { NamedSense, SenseName } from '../lenses/senses/contract';

/** What an occurrence, or a group of them, most likely means, in one line. */
export function senseLine({ senses: [first, second], unlisted, clear }: SenseName): string {
  if (!first) return 'none of the senses that WordNet lists';
  const text = ({ partOfSpeech, gloss, probability }: NamedSense): string => `${gloss} (${partOfSpeech}, ${probability.toFixed(2)})`;
  const next = second ? `; next: ${text(second)}` : '';
  return `${clear ? '' : 'not clear: '}${text(first)}${next}; none of WordNet's: ${unlisted.toFixed(2)}`;
}
