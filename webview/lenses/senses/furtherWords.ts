import type { MapPoint, Senses } from '../../../src/lenses/senses/contract';
import type { SenseUmap } from '../../../src/lenses/senses/umapContract';
import type { FurtherWord, WordPlace } from '../../../src/lenses/senses/wordsContract';
import type { Subject, WordInDocument } from '../../../src/panel/contract';
import { type AskedWord, type WordInUse, wordInUse } from '../../../src/text/wordInUse';
import { visibleLine } from '../../../src/text/visibleText';
import type { EditorConnection } from '../../connection';
import { inContext } from '../../../src/text/occurrences';
import { documentText } from './documentText';

/** Most further words at once: so many can still be told apart on the map. */
export const mostWords = 12;

/** A further word: where it is read, and where it falls among the senses. */
export interface PlacedWord {
  readonly use: WordInUse;
  readonly word: FurtherWord;
}

/** A further word as the map draws it. */
export interface MapWord {
  /** From 1, as in the table. */
  readonly number: number;
  readonly label: string;
  /** Of each of its places; null for one that the model cannot read. */
  readonly points: readonly (MapPoint | null)[];
}

/**
 * Finds where each word is read and asks where it falls. Places in the document are in its own offsets.
 * @throws HeadlightError where the document or the engine refuses
 */
export async function placeWords(
  editor: EditorConnection,
  subject: Subject,
  senses: Senses,
  word: WordInDocument,
  asked: readonly AskedWord[],
  signal: AbortSignal,
): Promise<readonly PlacedWord[]> {
  if (asked.length === 0) return [];
  const { text, offset, line } = asked.every(({ sentence }) => sentence !== undefined)
    ? { text: '', offset: 0, line: 1 }
    : await documentText(editor, subject);
  const uses = asked.map((one): WordInUse => {
    const use = wordInUse(one, text, subject.source.first.offset - offset);
    if (use.from !== 'document') return use;
    return { ...use, places: use.places.map((place) => ({ ...place, offset: place.offset! + offset, line: place.line! + line - 1 })) };
  });
  const request = {
    occurrences: word.occurrences.map(inContext),
    senses: senses.occurrences.map((occurrence) => occurrence?.sense ?? null),
    words: uses.map(({ places }) => places.map(inContext)),
  };
  const { words } = await editor.call('senses/words', request, { signal });
  return uses.map((use, at) => ({ use, word: words[at]! }));
}

/** Where a word falls by the vectors that are shown: those of a hidden state, or all evidence. */
export function placeIn({ evidence, states }: FurtherWord, state: number | null): WordPlace {
  return state === null ? evidence : states[Math.min(state, states.length - 1)]!;
}

/** The words as the map draws them, by UMAP where there is such a map. */
export function mapWords(placed: readonly PlacedWord[], state: number | null, umap: SenseUmap | null): readonly MapWord[] {
  return placed.map(({ use, word }, at) => ({
    number: at + 1,
    label: visibleLine(use.word),
    points: umap?.words[at] ?? placeIn(word, state).points,
  }));
}

/** How far from the middle any of the words ever lies, at least 1, so that the map keeps its scale from layer to layer. */
export function reachOf(placed: readonly PlacedWord[]): number {
  const points = placed.flatMap(({ word }) => [word.evidence, ...word.states].flatMap(({ points }) => points));
  return points.reduce((reach, point) => (point ? Math.max(reach, Math.abs(point.x), Math.abs(point.y)) : reach), 1);
}

/** Where a word was read, in words. */
export function readFrom({ from, places, total }: WordInUse): string {
  if (from === 'sentence') return 'in a sentence of its own';
  if (from === 'alone') return 'not in the document: read alone, in a sentence that says nothing about it';
  const lines = [...new Set(places.map(({ line }) => line))];
  const where = `line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}`;
  return total > places.length ? `${where}: the nearest ${places.length} of ${total} places` : where;
}
