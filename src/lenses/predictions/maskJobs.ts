import type { TextRange } from '../../text/range';
import type { Token } from '../../text/token';

/** One piece of a word to be predicted. */
export interface MaskJob {
  /** Index of the word it belongs to. */
  readonly word: number;
  /** Indexes of the masked tokens: the piece that is predicted and those of the word behind it. */
  readonly masked: readonly number[];
  /** Whether it is the word's first piece. */
  readonly isFirst: boolean;
}

/** A stretch of tokens with the jobs that are done in it at once. */
export interface MaskedRow {
  /** Stretch [from, to) of the content tokens. */
  readonly from: number;
  readonly to: number;
  readonly jobs: readonly MaskJob[];
}

/** Of a stretch, the tokens in the middle are predicted, with a quarter of it as context on either side. */
const predictedShare = 0.5;

/**
 * The places to predict for each word, left to right: a word of n pieces has P(1) · P(2 | 1) · … with the pieces behind
 * the predicted one masked too, so n jobs.
 * @param tokens without special ones, in order
 * @param words ranges in order
 */
export function maskJobs(tokens: readonly Token[], words: readonly TextRange[]): MaskJob[] {
  let at = 0;
  return words.flatMap(({ start, end }, word) => {
    while (at < tokens.length && tokens[at]!.end <= start) at++;
    const pieces: number[] = [];
    for (let piece = at; piece < tokens.length && tokens[piece]!.start < end; piece++) pieces.push(piece);
    return pieces.map((_, step) => ({ word, masked: pieces.slice(step), isFirst: step === 0 }));
  });
}

/**
 * Lays jobs out in as few rows as keep the masks of a row apart.
 * @param count of content tokens
 * @param window most content tokens of a row
 * @param apart fewest tokens between two masked words of a row; Infinity for one job a row
 */
export function maskedRows(jobs: readonly MaskJob[], count: number, window: number, apart: number): MaskedRow[] {
  const stride = Math.max(1, Math.floor(window * predictedShare));
  const blocks = new Map<number, MaskJob[]>();
  for (const job of jobs) {
    const block = count <= window ? 0 : Math.floor(job.masked[0]! / stride);
    const others = blocks.get(block);
    if (others) others.push(job);
    else blocks.set(block, [job]);
  }
  return [...blocks].flatMap(([block, own]) => {
    const from = Math.max(0, Math.min(block * stride - Math.floor((window - stride) / 2), count - window));
    const to = Math.min(count, from + window);
    const rows: MaskJob[][] = [];
    for (const job of own) {
      const inside = { ...job, masked: job.masked.filter((index) => index < to) };
      const row = rows.find((jobsOfRow) => inside.masked[0]! - jobsOfRow.at(-1)!.masked.at(-1)! > apart);
      if (row) row.push(inside);
      else rows.push([inside]);
    }
    return rows.map((jobsOfRow) => ({ from, to, jobs: jobsOfRow }));
  });
}
