import type { Evidence, WordEvidence } from '../../../src/lenses/classification/contract';
import type { ShadedEvidence, Source, SourceText } from '../../../src/panel/contract';
import type { TextRange } from '../../../src/text/range';
import type { Shading } from './viewState';

/** The text that a word stands in. */
export function textOf({ first, second }: Source, { segment }: Pick<WordEvidence, 'segment'>): SourceText {
  return segment === 1 && second ? second : first;
}

/** A word as it is written. */
export function wordText(source: Source, word: WordEvidence): string {
  return textOf(source, word).text.slice(word.start, word.end);
}

/** Where a word stands in the document. */
export function wordInDocument(source: Source, word: WordEvidence): TextRange {
  const { offset } = textOf(source, word);
  return { start: word.start + offset, end: word.end + offset };
}

/** The numbers that words are shaded by; null where the model has none of this kind. */
export function shadesOf({ attention, words }: Evidence, shading: Shading): ArrayLike<number> | null {
  if (shading === 'evidence') return words.map(({ logit }) => logit);
  return (shading === 'mean' ? attention?.mean : attention?.best?.weights) ?? null;
}

/** What the editor is to shade. */
export function shadedEvidence({ model, of, words }: Evidence, source: Source): ShadedEvidence {
  return {
    uri: source.uri,
    version: source.version,
    label: model.labels![of]!,
    words: words.map((word) => ({ ...wordInDocument(source, word), logit: word.logit, probability: word.probability })),
  };
}
