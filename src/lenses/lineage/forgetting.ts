import type { Compute } from '../compute';
import type { Token } from '../../text/token';
import { movedBy, requireThoughts, wordsOf } from '../translation/influence';
import { readSource } from '../translation/source';
import type { ForgottenText, ForgottenWord } from './contract';

/** Sources of one run. */
const rowsPerRun = 64;

/** One vector that is needed: of the first words of a text, without one of them. */
interface Row {
  readonly text: number;
  /** How many words are read. */
  readonly read: number;
  /** Index of the word that is left out; null for none. */
  readonly without: number | null;
  readonly ids: readonly number[];
}

/**
 * How far each word moves the thought vector, as in `translation/influence`, of the text up to every later word: what a
 * word did when it was just read, beside what is left of that once others have come after it.
 */
export const forgetting: Compute<'lineage/forgetting'> = async ({ every, texts }, { model, progress, signal }) => {
  const thoughts = requireThoughts(model);
  const sources = texts.map((text) => {
    const { ids, tokens } = readSource(model, text);
    return { ids, tokens, words: wordsOf(text, tokens) };
  });
  const rows = sources
    .flatMap(({ ids, tokens, words }, text) => rowsOf(words.map((word) => word.tokens), ids, tokens, every).map((row): Row => ({ ...row, text })))
    // Of like length side by side, as the shorter are padded.
    .sort((a, b) => a.ids.length - b.ids.length);
  const vectors = new Map<string, Float32Array>();
  for (let at = 0; at < rows.length; at += rowsPerRun) {
    progress({ message: 'Leaving words out', done: at, total: rows.length });
    const some = rows.slice(at, at + rowsPerRun);
    const { data, dims } = await thoughts(some.map(({ ids }) => ids), signal);
    const size = dims[1]!;
    some.forEach((row, index) => vectors.set(keyOf(row), data.subarray(index * size, (index + 1) * size)));
  }
  return {
    model: model.info,
    texts: sources.map(({ words }, text): ForgottenText => ({
      words: words.map(({ end, start }, word): ForgottenWord => ({
        start,
        end,
        moved: readsOf(word, words.length, every).map((read) =>
          movedBy(vectors.get(keyOf({ text, read, without: null }))!, vectors.get(keyOf({ text, read, without: word }))!)),
      })),
    })),
  };
};

/** After how many words of a text its word `word` is left out. */
function readsOf(word: number, words: number, every: boolean): number[] {
  if (!every) return word + 1 === words ? [words] : [word + 1, words];
  return Array.from({ length: words - word }, (_, later) => word + 1 + later);
}

function rowsOf(words: readonly (readonly number[])[], ids: readonly number[], tokens: readonly Token[], every: boolean): Omit<Row, 'text'>[] {
  /** Tokens of the template, such as the stop token, are of every text. */
  const template = new Set(tokens.flatMap(({ special }, index) => (special ? [index] : [])));
  const idsOf = (read: number, without: number | null): number[] => {
    const kept = new Set(words.slice(0, read).flatMap((own, word) => (word === without ? [] : own)));
    return ids.filter((_, index) => template.has(index) || kept.has(index));
  };
  return Array.from({ length: words.length }, (_, index) => index + 1).flatMap((read) => [
    { read, without: null, ids: idsOf(read, null) },
    ...words.slice(0, read).flatMap((_, word) => (readsOf(word, words.length, every).includes(read) ? [{ read, without: word, ids: idsOf(read, word) }] : [])),
  ]);
}

function keyOf({ read, text, without }: Omit<Row, 'ids'>): string {
  return `${text} ${read} ${without ?? ''}`;
}
