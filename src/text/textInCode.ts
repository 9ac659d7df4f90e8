import type { CodeGrammar, Hole, Stretch } from './codeGrammars';
import type { TextRange } from './range';

/** A stretch of text in code; code in its midst, as in a template string, cuts it into several. */
export interface TextInCode extends TextRange {
  /** The comment or string that it is part of, without its marks. */
  readonly whole: TextRange;
}

/**
 * The text of comments and strings in code, in order, without their marks. A comment or string that is not ended goes
 * on to the end of its line or of the code, as its language has it.
 */
export function textInCode(code: string, grammar: CodeGrammar): TextInCode[] {
  const found: TextInCode[] = [];
  const opening = openingsOf(grammar);
  let textFrom = 0;
  scanCode(0, null);
  if (grammar.textBetween === true) add(textFrom, code.length);
  return found.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start);

  function add(start: number, end: number, whole: TextRange = { start, end }): void {
    found.push({ start, end, whole });
  }

  /** @returns where the hole's last bracket ends, or the code does */
  function scanCode(from: number, hole: Hole | null): number {
    const pattern = hole ? opening.within(hole) : opening.alone;
    let depth = 1;
    for (let at = from; ; ) {
      pattern.lastIndex = at;
      const match = pattern.exec(code);
      if (!match) return code.length;
      at = match.index + match[0].length;
      const stretch = grammar.stretches[alternativeOf(match)];
      if (stretch) {
        if (grammar.textBetween === true && !hole) add(textFrom, match.index);
        // An empty match, as a look-ahead may be, must not be met again.
        at = Math.max(match.index + 1, scanStretch(stretch, at, match[0]));
        textFrom = at;
      } else {
        depth += match[0] === hole!.brackets[0] ? 1 : -1;
        if (depth === 0) return at;
      }
    }
  }

  /** @returns where the stretch ends with its last mark */
  function scanStretch(stretch: Stretch, from: number, opened: string): number {
    const { open, escape = '(?!)', holes = [] } = stretch;
    const close = typeof stretch.close === 'string' ? stretch.close : stretch.close(opened);
    const alternatives = [escape, ...holes.map((hole) => hole.open), stretch.nested === true ? open : '(?!)', close, stretch.oneLine === true ? '\n' : '(?!)'];
    const pattern = compiled(alternatives);
    const pieces: TextRange[] = [];
    let pieceFrom = from;
    let depth = 1;
    const end = (last: number, next: number): number => {
      pieces.push({ start: pieceFrom, end: last });
      if (stretch.isText) for (const piece of pieces) add(piece.start, piece.end, { start: from, end: last });
      return next;
    };
    for (let at = from; ; ) {
      pattern.lastIndex = at;
      const match = pattern.exec(code);
      if (!match) return end(code.length, code.length);
      at = match.index + match[0].length;
      const which = alternativeOf(match);
      if (which === 0) continue;
      const hole = holes[which - 1];
      if (hole) {
        pieces.push({ start: pieceFrom, end: match.index });
        at = scanCode(at, hole);
        pieceFrom = at;
      } else if (which === holes.length + 1) depth++;
      else if (which === holes.length + 3) return end(match.index, match.index);
      else if (--depth === 0) return end(match.index, at);
    }
  }
}

interface Openings {
  readonly alone: RegExp;
  readonly within: (hole: Hole) => RegExp;
}

const openings = new WeakMap<CodeGrammar, Openings>();

/** One pattern for what begins any of a grammar's stretches, in the order of its groups; in a hole, for brackets too. */
function openingsOf(grammar: CodeGrammar): Openings {
  let found = openings.get(grammar);
  if (!found) {
    const opens = grammar.stretches.map(({ open }) => open);
    found = { alone: compiled(opens), within: ({ brackets: [left, right] }) => compiled([...opens, `\\${left!}|\\${right!}`]) };
    openings.set(grammar, found);
  }
  return found;
}

const patterns = new Map<string, RegExp>();

/** One group for each alternative. A pattern is shared by scans that lie within each other: each sets where it goes on. */
function compiled(alternatives: readonly string[]): RegExp {
  const source = alternatives.map((alternative) => `(${alternative})`).join('|');
  let pattern = patterns.get(source);
  if (!pattern) {
    pattern = new RegExp(source, 'gmu');
    // Tags of here documents are anything: the patterns that they make are not kept for ever.
    if (patterns.size > 500) patterns.clear();
    patterns.set(source, pattern);
  }
  return pattern;
}

/** Index of the alternative that matched. */
function alternativeOf(match: RegExpExecArray): number {
  return (match.slice(1) as (string | undefined)[]).findIndex((group) => group !== undefined);
}
