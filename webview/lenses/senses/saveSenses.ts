import { modelFields } from '../../../src/lenses/modelFields';
import type { MapPoint, Senses } from '../../../src/lenses/senses/contract';
import type { SavedFile, WordInDocument } from '../../../src/panel/contract';
import { csvTable } from '../../../src/picture/csv';
import { pointsPicture } from '../../../src/picture/pointsPicture';
import { excerpt, visibleText } from '../../../src/text/visibleText';
import { markerOf } from '../../draw/markers';
import { formatCount } from '../../format';
import { pictureColors, type Theme } from '../../theme';
import { type FileFormat, savedFile } from '../pictureFile';
import { type MapWord, placeIn, type PlacedWord } from './furtherWords';
import { placeLabel } from './scope';

/** The senses as the reader sees them. */
export interface ShownSenses {
  readonly senses: Senses;
  readonly word: WordInDocument;
  /** Where the map has each occurrence; null for one without a place. */
  readonly points: readonly (MapPoint | null)[];
  /** Which vectors the map shows, in words. */
  readonly vectors: string;
  /** Further words: where each is read, and as the map has it. */
  readonly placed: readonly PlacedWord[];
  readonly words: readonly MapWord[];
  /** Hidden state of the vectors; null for all evidence. */
  readonly state: number | null;
}

/** Characters of a sentence in a tooltip of the picture. */
const quoted = 80;
/** A ring for a further word's number, in a box from −9 to 9. */
const ring = 'M-8 0a8 8 0 1 0 16 0a8 8 0 1 0 -16 0Z';

/** The map, or what is known of each occurrence, in a file. */
export function savedSenses(shown: ShownSenses, format: FileFormat, theme: Theme): Promise<SavedFile> {
  return savedFile(`senses ${shown.word.word} ${shown.senses.model.name}`, format, {
    svg: () => svgOf(shown, theme),
    csv: () => csvOf(shown),
    json: () => jsonOf(shown),
  });
}

function svgOf({ placed, points, senses, vectors, word, words }: ShownSenses, theme: Theme): string {
  return pointsPicture(
    {
      title: `${senses.model.name} · “${visibleText(word.word)}” in ${formatCount(word.occurrences.length, 'occurrence')}`,
      note: vectors,
      groups: [...senses.senses.map(({ size, substitutes }, sense) => {
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
      }), ...words.map(({ label, number, points: own }, at) => ({
        label,
        path: ring,
        color: theme.foreground,
        text: String(number),
        points: own.flatMap((point, place) => (point ? [{ ...point, title: `${label}: ${excerpt(placed[at]!.use.places[place]!.sentence, quoted)}` }] : [])),
      }))],
    },
    pictureColors(theme),
  );
}

/** Path of an occurrence's file; null for the document that the word was chosen in. */
function fileName({ files }: WordInDocument, file: number | undefined): string | null {
  return file === undefined ? null : (files?.[file]?.label ?? null);
}

function csvOf({ placed, points, senses, state, word, words }: ShownSenses): string {
  // Further words have columns of their own, and there are none without them.
  const more = placed.length > 0;
  return csvTable([
    ['file', 'line', 'start', 'end', 'sense', 'x', 'y', 'sentence', ...(more ? ['word', ...senses.senses.map((_, sense) => `cosine ${sense}`)] : [])],
    ...word.occurrences.map(({ end, file, line, offset, sentence, start }, index) => [
      fileName(word, file), line, offset, offset + end - start, senses.occurrences[index]?.sense ?? null, points[index]?.x ?? null, points[index]?.y ?? null, sentence,
      ...(more ? [word.word, ...senses.senses.map(() => null)] : []),
    ]),
    ...placed.flatMap(({ use, word: further }, at) => use.places.map(({ end, line, offset, sentence, start }, place) => {
      const point = words[at]!.points[place];
      return [
        null, line ?? null, offset ?? null, offset === undefined ? null : offset + end - start, null, point?.x ?? null, point?.y ?? null, sentence,
        use.word, ...placeIn(further, state).cosines,
      ];
    })),
  ]);
}

function jsonOf({ placed, points, senses: { calibrated, cosine, model, occurrences, sameSense, senses }, state, vectors, word, words }: ShownSenses): string {
  const count = word.occurrences.length;
  const content = {
    ...modelFields(model),
    word: word.word,
    calibrated,
    vectors,
    senses,
    occurrences: word.occurrences.map(({ end, file, line, offset, sentence, start }, index) => ({
      file: fileName(word, file), line, start: offset, end: offset + end - start, sense: occurrences[index]?.sense ?? null, point: points[index] ?? null, sentence,
    })),
    sameSense: word.occurrences.map((_, row) => Array.from(sameSense.subarray(row * count, (row + 1) * count), (value) => (Number.isFinite(value) ? value : null))),
    cosine,
    further: placed.map(({ use, word: { evidence, states } }, at) => ({
      word: use.word,
      from: use.from,
      places: use.places.map(({ end, line, offset, sentence, start }, place) => ({
        line: line ?? null, start: offset ?? null, end: offset === undefined ? null : offset + end - start, point: words[at]!.points[place] ?? null, sentence,
      })),
      cosines: placeIn({ evidence, states }, state).cosines,
      cosinesByState: states.map(({ cosines }) => cosines),
    })),
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
