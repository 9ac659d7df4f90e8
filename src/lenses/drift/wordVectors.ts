import { cosine, unit } from '../../math/vector';
import type { Token } from '../../text/token';
import type { Tensor } from '../model';
import { meanOfPieces, piecesIn } from '../wordInContext';
import type { WordPlace } from './contract';
import type { RepeatedWords } from './repeatedWords';

/** Bytes that the vectors of both models may take. */
const mostBytes = 128 * 2 ** 20;
/** Occurrences that are compared at most: some seconds of pairs. */
const mostOccurrences = 3_000;

/** Occurrences whose vectors, of all hidden states of both models, fit into memory. */
export function mostToCompare(states: number, width: number): number {
  return Math.min(mostOccurrences, Math.floor(mostBytes / (2 * states * width * Float32Array.BYTES_PER_ELEMENT)));
}

/** What is kept of one occurrence. */
export interface OccurrenceVectors {
  /** `[state]`: 1 − cosine of the two models' vectors. */
  readonly cosineDistance: Float32Array;
  /** By state, of length one. */
  readonly before: Float32Array[];
  readonly after: Float32Array[];
}

/** A place of a word in a row of a run. */
interface Place {
  readonly vectors: OccurrenceVectors;
  readonly row: number;
  /** Tokens that the word is made of. */
  readonly pieces: readonly number[];
}

/** The vectors of repeated words in both models, taken from the runs that the rest is measured by. */
export class WordVectors {
  private readonly byPlace = new Map<WordPlace, OccurrenceVectors>();
  private readonly ofLine = new Map<number, WordPlace[]>();

  constructor(
    readonly words: RepeatedWords,
    private readonly states: number,
    private readonly unknownId: number | null,
  ) {
    for (const place of words.words.flatMap(({ places }) => places)) {
      const known = this.ofLine.get(place.line);
      if (known) known.push(place);
      else this.ofLine.set(place.line, [place]);
    }
  }

  /**
   * The words of a run's lines that can be read in them; what is not read, behind a line's last token or since the vocabulary does
   * not know its characters, stays without vectors.
   * @param lines with the index of each among all lines
   */
  placesIn(lines: readonly { readonly index: number; readonly tokens: readonly Token[] }[]): readonly Place[] {
    return lines.flatMap(({ index, tokens }, row) =>
      (this.ofLine.get(index) ?? []).flatMap((place): Place[] => {
        const pieces = piecesIn(tokens, place);
        if (pieces.length === 0 || tokens[pieces.at(-1)!]!.end < place.end || pieces.every((piece) => tokens[piece]!.id === this.unknownId)) return [];
        const vectors = { cosineDistance: new Float32Array(this.states), before: [], after: [] };
        this.byPlace.set(place, vectors);
        return [{ vectors, row, pieces }];
      }),
    );
  }

  /** Keeps one hidden state `[row, token, hidden]` of a run; states come in order. */
  add(places: readonly Place[], state: number, one: Tensor, two: Tensor): void {
    for (const { vectors, row, pieces } of places) {
      const [a, b] = [meanOfPieces(one, row, pieces), meanOfPieces(two, row, pieces)];
      vectors.cosineDistance[state] = 1 - cosine(a, b);
      vectors.before.push(unit(a));
      vectors.after.push(unit(b));
    }
  }

  /** Null for a place that was not read. */
  of(place: WordPlace): OccurrenceVectors | null {
    return this.byPlace.get(place) ?? null;
  }
}
