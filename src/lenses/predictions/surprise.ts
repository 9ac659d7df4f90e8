import { logSumExp, softmax } from '../../math/softmax';
import { rankOf } from '../../math/topK';
import { wordRanges } from '../../text/words';
import { batchesByLength } from '../batches';
import type { Compute } from '../compute';
import type { ModelInput } from '../model';
import { requireText } from '../readText';
import { predictionsOf, requireMaskedLanguageModel } from './compute';
import type { Prediction } from './contract';
import { maskedRows, maskJobs } from './maskJobs';

/** Content tokens of a row: what the encoder was mostly trained on, and two sentences on either side of most words. */
const rowLength = 126;
/** Tokens between masked words of one row: as far apart as masks were in training, one token in eight. */
const maskDistance = 7;

/** What has been read of a word so far. */
interface Reading {
  bits: number;
  expected: readonly Prediction[];
  rank: number | null;
}

/**
 * Surprise of each word, −log₂ P(word | text around it), each word masked in turn (Salazar et al., 2020,
 * arXiv:1910.14659; whole words as in Kauf & Ivanova, 2023, arXiv:2305.10588, with the pieces behind masked).
 * Words that stand far enough apart are masked in the same run.
 */
export const surprise: Compute<'predictions/surprise'> = async (request, { model, signal, progress }) => {
  const maskId = requireMaskedLanguageModel(model);
  const { text, within = { start: 0, end: text.length }, top, exact = false } = request;
  requireText(text.slice(within.start, within.end), 'The text');
  const { tokens } = model.tokenizer.encode(text);
  const content = tokens.filter(({ special }) => !special);
  const begin = tokens.slice(0, tokens.findIndex(({ special }) => !special));
  const end = tokens.slice(tokens.findLastIndex(({ special }) => !special) + 1);

  const words = wordRanges(text).filter(({ start, end }) => start >= within.start && end <= within.end);
  const jobs = maskJobs(content, words);
  const { unknownId } = model.tokenizer;
  const wordsWith = (id: number | null): ReadonlySet<number> =>
    new Set(jobs.filter(({ masked }) => masked.some((index) => content[index]!.id === id)).map(({ word }) => word));
  // A mask that the text itself holds is no word to be surprised by.
  const [unknown, typed] = [wordsWith(unknownId), wordsWith(maskId)];
  const asked = jobs.filter(({ word }) => !unknown.has(word) && !typed.has(word));
  const window = Math.min(rowLength, model.info.window - begin.length - end.length);
  const rows = maskedRows(asked, content.length, window, exact ? Infinity : maskDistance);
  const inputs = rows.map(({ from, to, jobs }): ModelInput => {
    const masked = new Set(jobs.flatMap((job) => job.masked));
    const ids = content.slice(from, to).map(({ id }, at) => (masked.has(from + at) ? maskId : id));
    return {
      tokens: [...begin, ...content.slice(from, to), ...end],
      ids: [...begin.map(({ id }) => id), ...ids, ...end.map(({ id }) => id)],
    };
  });

  const readings = new Map<number, Reading>();
  let done = 0;
  for (const batch of batchesByLength(inputs)) {
    progress({ message: 'Masking words', done, total: rows.length });
    const places = batch.flatMap((index, row) => {
      const { from, jobs } = rows[index]!;
      return jobs.map((job) => ({ job, row, token: begin.length + job.masked[0]! - from }));
    });
    const { logits } = await model.run(batch.map((index) => inputs[index]!), { logitsAt: places }, signal);
    const vocabulary = logits!.dims[1]!;
    places.forEach(({ job: { word, masked, isFirst } }, place) => {
      const own = logits!.data.subarray(place * vocabulary, (place + 1) * vocabulary);
      const { id } = content[masked[0]!]!;
      const reading = readings.get(word) ?? { bits: 0, expected: [], rank: null };
      reading.bits += (logSumExp(own) - own[id]!) / Math.LN2;
      if (isFirst) {
        const probabilities = softmax(own);
        reading.expected = predictionsOf(probabilities, top, model);
        if (masked.length === 1) reading.rank = rankOf(probabilities, id);
      }
      readings.set(word, reading);
    });
    done += batch.length;
  }
  return {
    model: model.info,
    words: words.flatMap((range, word) => {
      const reading = readings.get(word);
      return reading ? [{ ...range, ...reading }] : [];
    }),
    unknown: unknown.size,
  };
};
