import { HeadlightError } from '../../errors';
import { logSoftmax, logSumExp } from '../../math/softmax';
import { topK } from '../../math/topK';
import type { Compute, ComputeContext } from '../compute';
import type { TransformerModel } from '../model';
import type { Writer } from '../writer';
import { applyRules } from '../writing/applyRules';
import { requireCounts } from '../writing/given';
import { BeamSearch, idsOf } from './beamSearch';
import type { TranslatedLine, TranslationLinesRequest } from './contract';
import { defaultLimit, readSource, type Source } from './source';

/** Hypotheses that are written side by side. */
const rowsPerRun = 64;

/** One text of many, on its way. */
interface LineSearch {
  hasEnded(): boolean;
  /** @returns which of its rows go on, and with what */
  advance(logits: readonly Float32Array[]): { readonly rows: readonly number[]; readonly tokens: readonly number[] };
  /** Tokens that were written, and the sum of their log-probabilities. */
  readonly best: { readonly ids: readonly number[]; readonly logProbability: number };
}

/** Many texts, those of like length side by side; what has ended leaves its place. */
export const translateLines: Compute<'translation/lines'> = async (request, context) => {
  const { choice, texts } = request;
  const { model, progress } = context;
  const beams = choice.kind === 'beams' ? choice.beams : 1;
  requireCounts({ tokens: request.maxTokens, beams }, 1);
  const sources = texts.map((text, index) => (text.trim() === '' ? null : readLine(model, text, index)));
  const order = sources.flatMap((source, index) => (source ? [index] : [])).sort((a, b) => sources[a]!.ids.length - sources[b]!.ids.length);
  const lines: TranslatedLine[] = texts.map(() => ({ output: '', logProbability: 0, cut: false }));
  const width = Math.max(1, Math.floor(rowsPerRun / beams));
  for (let at = 0; at < order.length; at += width) {
    progress({ message: 'Translating', done: at, total: order.length });
    const some = order.slice(at, at + width);
    const written = await translateBatch(some.map((index) => sources[index]!), request, context);
    some.forEach((index, place) => (lines[index] = written[place]!));
  }
  return { model: model.info, lines };
};

/** Says which of the texts it is that cannot be read. */
function readLine(model: TransformerModel, text: string, index: number): Source {
  try {
    return readSource(model, text);
  } catch (error) {
    throw error instanceof HeadlightError ? new HeadlightError(error.code, `Line ${index + 1}: ${error.message}`) : error;
  }
}

async function translateBatch(sources: readonly Source[], { choice, maxTokens }: TranslationLinesRequest, { model, signal }: ComputeContext): Promise<TranslatedLine[]> {
  const { writer } = sources[0]!;
  const searches = sources.map((source) => searchOf(choice, writer, Math.min(source.room, maxTokens ?? defaultLimit(source))));
  let state = await writer.read(sources.map(({ ids }) => ids), signal);
  let active = searches.map((search) => ({ search, rows: 1 }));
  let fed = searches.map(() => writer.rules.start);
  while (active.length > 0) {
    const said = await writer.write(state, { tokens: fed, attention: false }, signal);
    const vocabulary = said.logits.dims[1]!;
    const rows: number[] = [];
    const next: number[][] = [];
    const going: typeof active = [];
    let first = 0;
    for (const { search, rows: count } of active) {
      const logits = Array.from({ length: count }, (_, row) => said.logits.data.subarray((first + row) * vocabulary, (first + row + 1) * vocabulary));
      const step = search.advance(logits);
      if (!search.hasEnded()) {
        going.push({ search, rows: step.rows.length });
        rows.push(...step.rows.map((row) => first + row));
        next.push(...step.tokens.map((id) => [id]));
      }
      first += count;
    }
    active = going;
    fed = next;
    if (rows.length > 0) state = said.state.take(rows);
  }
  return searches.map(({ best: { ids, logProbability } }) => ({
    output: model.tokenizer.decode(ids),
    logProbability,
    cut: !writer.rules.stop.includes(ids.at(-1) ?? -1),
  }));
}

function searchOf(choice: TranslationLinesRequest['choice'], { rules }: Writer, maxTokens: number): LineSearch {
  if (choice.kind === 'greedy' || choice.beams === 1) return greedySearch(rules, maxTokens);
  const search = new BeamSearch({ beams: choice.beams, lengthPenalty: choice.lengthPenalty ?? rules.lengthPenalty, rules, given: rules.start, maxTokens });
  return {
    hasEnded: () => search.hasEnded(),
    advance: (logits) => search.advance(logits.map(logSoftmax)),
    get best() {
      const { node } = search.finished[0]!;
      return { ids: idsOf(node), logProbability: node.score };
    },
  };
}

function greedySearch(rules: Writer['rules'], maxTokens: number): LineSearch {
  const ids: number[] = [];
  let logProbability = 0;
  let ended = false;
  return {
    hasEnded: () => ended,
    advance: (rows) => {
      const logits = rows[0]!;
      const before = [...rules.start, ...ids];
      const id = topK(applyRules(logits, rules, { before, given: rules.start.length, maxTokens }), 1)[0]!;
      logProbability += logits[id]! - logSumExp(logits);
      ids.push(id);
      ended = rules.stop.includes(id) || ids.length === maxTokens;
      return { rows: [0], tokens: [id] };
    },
    get best() {
      return { ids, logProbability };
    },
  };
}
