import type { MapPoint, Senses } from '../../../src/lenses/senses/contract';
import type { SavedFile, WordInDocument } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { pointsPicture } from '../../../src/picture/pointsPicture';
import { excerpt, visibleText } from '../../../src/text/visibleText';
import { markerOf } from '../../draw/markers';
import { formatCount } from '../../format';
import { pictureColors, type Theme } from '../../theme';
import { type FileFormat, savedFile } from '../pictureFile';
import { placeLabel } from './scope';

/** The senses as the reader sees them. */
export interface ShownSenses {
  readonly senses: Senses;
  readonly word: WordInDocument;
  /** Where the map has each occurrence; null for one without a place. */
  readonly points: readonly (MapPoint | null)[];
  /** Which vectors the map shows, in words. */
  readonly vectors: string;
}

/** Characters of a sentence in a tooltip of the picture. */
const quoted = 80;

/** The map, or what is known of each occurrence, in a file. */
export function savedSenses(shown: ShownSenses, format: FileFormat, theme: Theme): Promise<SavedFile> {
  return savedFile(`senses ${shown.word.word} ${shown.senses.model.name}`, format, {
    svg: () => svgOf(shown, theme),
    csv: () => csvOf(shown),
    json: () => jsonOf(shown),
  });
}

function svgOf({ points, senses, vectors, word }: ShownSenses, theme: Theme): string {
  return pointsPicture(
    {
      title: `${senses.model.name} · “${visibleText(word.word)}” in ${formatCount(word.occurrences.length, 'occurrence')}`,
      note: vectors,
      groups: senses.senses.map(({ size, substitutes }, sense) => {
        const { color, shape } = markerOf(sense);
        const like = substitutes.length > 0 ? `, like ${substitutes.map(visibleText).join(', ')}` : '';
        return {
          label: `${size}×${like}`,
          path: shape.path,
          color,
          points: word.occurrences.flatMap(({ sentence }, index) => {
            const point = points[index];
            return point && senses.occurrences[index]?.sense === sense ? [{ ...point, title: `${placeLabel(word, index)}: ${excerpt(sentence, quoted)}` }] : [];
          }),
        };
      }),
    },
    pictureColors(theme),
  );
}

/** Path of an occurrence's file; null for the document that the word was chosen in. */
function fileName({ files }: WordInDocument, file: number | undefined): string | null {
  return file === undefined ? null : (files?.[file]?.label ?? null);
}

function csvOf({ points, senses, word }: ShownSenses): string {
  return csvTable([
    ['file', 'line', 'start', 'end', 'sense', 'x', 'y', 'sentence'],
    ...word.occurrences.map(({ end, file, line, offset, sentence, start }, index) => [
      fileName(word, file), line, offset, offset + end - start, senses.occurrences[index]?.sense ?? null, points[index]?.x ?? null, points[index]?.y ?? null, sentence,
    ]),
  ]);
}

function jsonOf({ points, senses: { calibrated, cosine, model, occurrences, sameSense, senses }, vectors, word }: ShownSenses): string {
  const count = word.occurrences.length;
  const content = {
    model: model.id,
    device: model.device,
    word: word.word,
    calibrated,
    vectors,
    senses,
    occurrences: word.occurrences.map(({ end, file, line, offset, sentence, start }, index) => ({
      file: fileName(word, file), line, start: offset, end: offset + end - start, sense: occurrences[index]?.sense ?? null, point: points[index] ?? null, sentence,
    })),
    sameSense: word.occurrences.map((_, row) => Array.from(sameSense.subarray(row * count, (row + 1) * count), (value) => (Number.isFinite(value) ? value : null))),
    cosine,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
