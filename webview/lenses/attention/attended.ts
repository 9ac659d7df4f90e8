import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Attended, AttendedWord, KeptToken, Source } from '../../../src/panel/contract';
import type { Token } from '../../../src/text/token';
import type { EditorConnection } from '../../connection';
import { documentRange, tokensUnder } from '../tokenRanges';
import { isMasked, itemOf, type HeadView } from './headView';
import { partViews } from './severalHeads';
import type { Followed } from './viewState';
import { wholeWords, wordsOf } from './wordPieces';

/**
 * The words that a kept query attends to, or that attend to a kept key, in the numbers that the view shows: the sum over
 * a word's pieces as keys, the mean over its pieces as queries; of several heads the largest. Left out are special
 * tokens, which stand for no text, and what the model or a filter of the view leaves out.
 * @param tokens of the columns
 * @param title what the map is called in a heading
 * @param rows the tokens of the rows, where they are others: what is written stands in no document and is never shaded
 * @returns null where the view does not show the kept token
 */
export function attendedBy(view: HeadView, tokens: readonly Token[], { side, token }: Followed, source: Source, title: string, rows: readonly Token[] = tokens): Attended | null {
  const { queries, keys } = view;
  const [own, others] = side === 'query' ? [queries, keys] : [keys, queries];
  const [ownTokens, otherTokens] = side === 'query' ? [rows, tokens] : [tokens, rows];
  const at = itemOf(own, token);
  const item = own[at];
  if (!item) return null;
  const parts = partViews(view);
  const cell = (other: number): readonly [row: number, column: number] => (side === 'query' ? [at, other] : [other, at]);
  const whole = wholeWords(otherTokens);
  const words = wordsOf(otherTokens).flatMap((pieces): AttendedWord[] => {
    const range = documentRange(whole[pieces[0]!]!, source);
    const cells = others.flatMap(({ tokens: [first] }, index) => (pieces.includes(first!) ? [cell(index)] : []));
    if (!range || cells.every(([row, column]) => isMasked(view, row, column))) return [];
    const weights = parts.map((part) => {
      const sum = cells.reduce((total, [row, column]) => total + part.weights[row * keys.length + column]!, 0);
      return side === 'query' ? sum : sum / cells.length;
    });
    return [{ ...range, weight: Math.max(...weights) }];
  });
  const name = title.charAt(0).toLowerCase() + title.slice(1);
  return {
    uri: source.uri,
    version: source.version,
    kept: { side, range: documentRange(itemToken(item.tokens, ownTokens), source) },
    label: item.label,
    words,
    map: view.parts ? `${name}, the largest of their weights` : name,
  };
}

/**
 * Where a kept token is in a text that was edited and read anew; `was` is the token before. One that stands in no document
 * is found by its piece. Null where it is gone.
 */
export function foundAgain({ side, range }: KeptToken, was: Token | undefined, tokens: readonly Token[], source: Source): Followed | null {
  const token = range
    ? (tokensUnder(range, tokens, source)[0] ?? -1)
    : tokens.findIndex(({ special, piece, segment }) => special === was?.special && piece === was.piece && segment === was.segment);
  return token < 0 ? null : { side, token, kept: true };
}

interface AttendedHost {
  editor(): Pick<EditorConnection, 'notify' | 'on'>;
  /** Null for nothing, undefined while it is being computed. */
  shaded(): Attended | null | undefined;
  /** Lets the kept token go. */
  release(): void;
}

/** Tells the editor what to shade whenever that has changed, and lets the kept token go when the editor or Escape says so. */
export class AttendedLink implements ReactiveController {
  private told: Attended | null | undefined;

  constructor(host: ReactiveControllerHost, private readonly view: AttendedHost) {
    host.addController(this);
  }

  hostConnected(): void {
    this.view.editor().on('editor/release', () => { this.view.release(); });
    document.addEventListener('keydown', this.pressed);
  }

  hostUpdated(): void {
    this.tell(this.view.shaded());
  }

  /** Another lens is shown. */
  hostDisconnected(): void {
    document.removeEventListener('keydown', this.pressed);
    this.tell(null);
  }

  /** Tells again what may have been told before: the editor shows another text, or the same one anew. */
  forget(): void {
    this.told = undefined;
  }

  private tell(attended: Attended | null | undefined): void {
    // What is shaded stays until there is something to put in its place.
    if (attended === undefined || attended === this.told) return;
    this.told = attended;
    this.view.editor().notify('panel/attended', attended);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.view.release();
  };
}

/** The text of an item's tokens as one token. */
function itemToken(indexes: readonly number[], tokens: readonly Token[]): Token {
  return { ...tokens[indexes[0]!]!, end: tokens[indexes.at(-1)!]!.end };
}
