import type { Encoding, Token } from './token';
import type { TextTokenizer } from './tokenizer';

/** What was left out of a text that is longer than a model's window. */
export interface Windowed {
  /** Tokens of the text that were read, without those of the template. */
  readonly read: number;
  /** Tokens of the whole text, estimated where only a part was tokenized. */
  readonly total: number;
  /** The same in words: "Read 510 of 1,734 tokens, around the cursor." */
  readonly explanation: string;
}

/** An encoding that fits its model, and what had to be left out for it. */
export interface FittedEncoding {
  readonly encoding: Encoding;
  readonly windowed: Windowed | null;
}

/** What to read, and with how many tokens at most. */
export interface WindowOptions {
  readonly pair?: string | undefined;
  /** UTF-16 offset in the first text that the window is centred on; its start when absent. */
  readonly focus?: number | undefined;
  /** Most tokens in one input, template tokens included. */
  readonly window: number;
}

/** Characters tokenized per token of the window: at first, and at most where they make too few tokens to fill it. */
const charactersPerToken = { first: 16, most: 256 };

/** `size` neighbours [from, to) among `count` tokens, with token `focus` in their middle as far as the ends allow. */
export function chooseWindow(count: number, size: number, focus: number): { from: number; to: number } {
  if (count <= size) return { from: 0, to: count };
  const from = Math.min(Math.max(0, focus - Math.floor(size / 2)), count - size);
  return { from, to: from + size };
}

/**
 * Tokenizes a text, or a pair, and keeps what the model can read at once. Of a long text only a stretch around the
 * focus is tokenized, so that a megabyte takes milliseconds. `Token.word` then counts from the stretch's first word.
 */
export function encodeWithinWindow(tokenizer: TextTokenizer, text: string, options: WindowOptions): FittedEncoding {
  const { pair, window } = options;
  const focus = Math.min(Math.max(0, options.focus ?? 0), text.length);
  for (let perToken = charactersPerToken.first; ; perToken *= 4) {
    const span = window * perToken;
    const stretch = stretchAround(text, focus, span);
    const second = pair === undefined ? undefined : stretchAround(pair, 0, span);
    const read = tokenizer.encode(stretch.text, second?.text);
    const enough = (segment: 0 | 1, whole: string, part: { readonly text: string } | undefined) =>
      part === undefined || part.text.length === whole.length || contentOf(read.tokens, segment).length >= window;
    const isEnough = enough(0, text, stretch) && enough(1, pair ?? '', second);
    if (!isEnough && perToken < charactersPerToken.most) continue;
    const { from } = stretch;
    const tokens = read.tokens.map((token) =>
      token.special || token.segment === 1 ? token : { ...token, start: token.start + from, end: token.end + from },
    );
    const encoding = pair === undefined ? { text, tokens } : { text, pair, tokens };
    return fitToWindow(encoding, options, [scaleOf(text, stretch.text), scaleOf(pair ?? '', second?.text ?? '')]);
  }
}

/**
 * Cuts an encoding down to a window, keeping its template tokens; of a pair, the longer text is cut first.
 * @param scales how many times longer each text is than what was tokenized of it
 */
export function fitToWindow(
  encoding: Encoding,
  { focus, window }: Omit<WindowOptions, 'pair'>,
  scales: readonly [number, number] = [1, 1],
): FittedEncoding {
  const first = contentOf(encoding.tokens, 0);
  const second = contentOf(encoding.tokens, 1);
  const room = Math.max(0, window - (encoding.tokens.length - first.length - second.length));
  const isWhole = !scales.some((scale) => scale > 1);
  if (isWhole && first.length + second.length <= room) return { encoding, windowed: null };
  const [firstRoom, secondRoom] = shareRoom(first.length, second.length, room);
  const focused = first.findIndex((token) => token.end > (focus ?? 0));
  const chosen = chooseWindow(first.length, firstRoom, focused < 0 ? first.length - 1 : focused);
  const kept = new Set<Token>([...first.slice(chosen.from, chosen.to), ...second.slice(0, secondRoom)]);
  const tokens = encoding.tokens.filter((token) => token.special || kept.has(token));
  const totals = [Math.round(first.length * scales[0]), Math.round(second.length * scales[1])] as const;
  const where = (focus ?? 0) > 0 ? 'around the cursor' : 'from its start';
  return {
    encoding: { ...encoding, tokens },
    windowed: {
      read: kept.size,
      total: totals[0] + totals[1],
      explanation:
        encoding.pair === undefined
          ? `Read ${share(firstRoom, totals[0], scales[0])} tokens, ${where}.`
          : `Read ${share(firstRoom, totals[0], scales[0])} tokens of the first text, ${where}, and ` +
            `${share(secondRoom, totals[1], scales[1])} of the second.`,
    },
  };
}

/** How many times longer a text is than the part of it that was tokenized. */
function scaleOf(whole: string, part: string): number {
  return part === '' ? 1 : whole.length / part.length;
}

/** Room for each of two texts: the longer one gives way until both are as long. */
function shareRoom(first: number, second: number, room: number): [number, number] {
  if (first + second <= room) return [first, second];
  const half = Math.floor(room / 2);
  if (second <= half) return [room - second, second];
  if (first <= half) return [first, room - first];
  return [room - half, half];
}

function share(read: number, total: number, scale: number): string {
  const number = new Intl.NumberFormat('en');
  return `${number.format(read)} of ${scale > 1 ? 'about ' : ''}${number.format(total)}`;
}

function contentOf(tokens: readonly Token[], segment: 0 | 1): Token[] {
  return tokens.filter((token) => !token.special && token.segment === segment);
}

/** About `span` characters with `focus` in their middle, cut at white space where there is some nearby. */
function stretchAround(text: string, focus: number, span: number): { readonly text: string; readonly from: number } {
  if (text.length <= span) return { text, from: 0 };
  const { from, to } = chooseWindow(text.length, span, focus);
  const start = from === 0 ? 0 : nextCut(text, from, focus);
  const end = to === text.length ? to : nextCut(text, to, text.length);
  return { text: text.slice(start, end), from: start };
}

/** The next white space from `offset` on, if near and before `limit`; else `offset` or the next whole character. */
function nextCut(text: string, offset: number, limit: number): number {
  const space = text.slice(offset, Math.min(limit, offset + 200)).search(/\s/);
  if (space >= 0) return offset + space;
  const unit = text.charCodeAt(offset);
  return unit >= 0xdc00 && unit <= 0xdfff ? offset + 1 : offset;
}

/** Whether the model knows nothing of a text: no token of it but unknown ones, or none at all. */
export function onlyUnknown(tokens: readonly Token[], unknownId: number | null): boolean {
  return tokens.every((token) => token.special || token.id === unknownId);
}
