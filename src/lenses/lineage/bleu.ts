/**
 * BLEU of a corpus (Papineni et al., 2002) as sacrebleu computes it by default: cased, tokenized by 13a, one reference,
 * up to four words in a row, smoothed exponentially (Post, 2018, arXiv:1804.08771).
 */

/** A translation and what it should be. */
export interface TranslatedPair {
  readonly output: string;
  readonly reference: string;
}

const longest = 4;

/** What Python takes for a blank, which is not quite what `\s` does. */
const blanks = /[\t-\r\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const blanksAtEnd = new RegExp(`${blanks.source}$`, 'u');

/** The words of a line by mteval-v13a, which sets punctuation apart. */
export function tokenize13a(text: string): string[] {
  const line = text
    .replace(blanksAtEnd, '')
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  return ` ${line} `
    .replace(/[{-~[-` -&(-+:-@/]/g, ' $& ')
    // Points and commas unless digits stand on both sides, hyphens after a digit.
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ')
    .split(blanks)
    .filter((token) => token !== '');
}

/** BLEU from 0 to 100; 0 for no pairs. */
export function bleu(pairs: readonly TranslatedPair[]): number {
  const correct = new Array<number>(longest).fill(0);
  const total = new Array<number>(longest).fill(0);
  let [written, wanted] = [0, 0];
  for (const { output, reference } of pairs) {
    const [ours, theirs] = [tokenize13a(output), tokenize13a(reference)];
    written += ours.length;
    wanted += theirs.length;
    for (let size = 1; size <= longest; size++) {
      const known = countRuns(theirs, size);
      for (const [run, count] of countRuns(ours, size)) {
        correct[size - 1]! += Math.min(count, known.get(run) ?? 0);
        total[size - 1]! += count;
      }
    }
  }
  // Without any word in common, or with too few for the longest runs.
  if (correct.every((count) => count === 0) || total.includes(0)) return 0;
  let smoothing = 1;
  const logs = correct.map((count, at) => {
    if (count === 0) smoothing *= 2;
    return Math.log(count === 0 ? 100 / (smoothing * total[at]!) : (100 * count) / total[at]!);
  });
  const brevity = written < wanted ? Math.exp(1 - wanted / written) : 1;
  return brevity * Math.exp(logs.reduce((sum, log) => sum + log, 0) / longest);
}

function countRuns(tokens: readonly string[], size: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + size <= tokens.length; start++) {
    const run = tokens.slice(start, start + size).join(' ');
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}
