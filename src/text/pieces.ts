import { widthAt } from './alignedText';

/** What must be known of a tokenizer's model to find its pieces in a word. */
export interface PieceRules {
  /** Mark in front of pieces that continue a word: `##`. */
  readonly continuingPrefix: string;
  /** Mark at the end of the last piece of a word: `</w>`. */
  readonly endOfWordSuffix: string;
  readonly unknownPiece: string | null;
  /** Whether one unknown piece stands for the whole word (WordPiece) rather than for characters. */
  readonly unknownIsWholeWord: boolean;
  /** Whether neighbouring unknown characters share one unknown piece. */
  readonly fusesUnknown: boolean;
  has(piece: string): boolean;
}

/** A piece and the units [from, to) of the word that it spells. */
export interface PieceSpan {
  readonly piece: string;
  readonly from: number;
  readonly to: number;
}

const bytePiece = /^<0x([0-9A-F]{2})>$/;

/**
 * Finds each piece's place in its word. A piece whose text cannot be found there, which no supported model makes,
 * gets an empty span where the search stood.
 */
export function placePieces(word: string, pieces: readonly string[], rules: PieceRules): PieceSpan[] {
  if (rules.unknownIsWholeWord && pieces.length === 1 && pieces[0] === rules.unknownPiece) {
    return [{ piece: pieces[0], from: 0, to: word.length }];
  }
  const spans: PieceSpan[] = [];
  let at = 0;
  let pendingBytes = 0;
  pieces.forEach((piece, i) => {
    const surface = surfaceOf(piece, i, pieces.length, rules);
    const byte = bytePiece.exec(piece);
    if (piece === rules.unknownPiece && !word.startsWith(surface, at)) {
      const to = endOfUnknown(word, at, rules);
      spans.push({ piece, from: at, to });
      at = to;
    } else if (byte !== null && !word.startsWith(surface, at)) {
      if (pendingBytes === 0) pendingBytes = utf8Length(word, at);
      spans.push({ piece, from: at, to: at + widthAt(word, at) });
      pendingBytes--;
      if (pendingBytes === 0) at += widthAt(word, at);
    } else {
      const from = word.startsWith(surface, at) ? at : word.indexOf(surface, at);
      const to = from < 0 ? at : from + surface.length;
      spans.push({ piece, from: from < 0 ? at : from, to });
      at = to;
    }
  });
  return spans;
}

function surfaceOf(piece: string, index: number, count: number, rules: PieceRules): string {
  let surface = piece;
  const { continuingPrefix, endOfWordSuffix } = rules;
  if (index > 0 && continuingPrefix !== '' && surface.startsWith(continuingPrefix)) {
    surface = surface.slice(continuingPrefix.length);
  }
  if (index === count - 1 && endOfWordSuffix !== '' && surface.endsWith(endOfWordSuffix)) {
    surface = surface.slice(0, -endOfWordSuffix.length);
  }
  return surface;
}

/** Where a run of unknown characters ends. A character at the end of a word is looked up with the suffix. */
function endOfUnknown(word: string, from: number, rules: PieceRules): number {
  let to = from + widthAt(word, from);
  while (rules.fusesUnknown && to < word.length) {
    const next = to + widthAt(word, to);
    if (rules.has(word.slice(to, next) + (next === word.length ? rules.endOfWordSuffix : ''))) break;
    to = next;
  }
  return to;
}

function utf8Length(text: string, index: number): number {
  const code = text.codePointAt(index) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
