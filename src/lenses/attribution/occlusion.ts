import { HeadlightError } from '../../errors';
import type { TextRange } from '../../text/range';
import type { Token } from '../../text/token';
import { batchesByLength } from '../batches';
import type { LensProgress } from '../calls';
import type { ModelInput, TransformerModel } from '../model';
import { wordsOf } from '../translation/influence';
import type { OcclusionMethod } from './method';

/** Something that is left out as a whole, with the indexes of its tokens. Its range is within its own text. */
export interface OccludedPart extends TextRange {
  readonly segment: Token['segment'];
  readonly tokens: readonly number[];
}

/** An outcome of the whole text, and of the text without each of its parts. */
export interface Occlusion<T> {
  readonly whole: T;
  readonly without: readonly T[];
}

export interface OcclusionOptions<T> {
  readonly tokens: readonly Token[];
  /** What is fed in place of the tokens' own ids, as in `ModelInput`. */
  readonly ids?: readonly number[] | undefined;
  readonly parts: readonly OccludedPart[];
  readonly method: OcclusionMethod;
  /** Measures the outcome of some rows, which go through the model together. */
  readonly measure: (rows: readonly ModelInput[]) => Promise<readonly T[]>;
  readonly progress: (progress: LensProgress) => void;
}

/** Tokens of a text, or of both texts of a pair, each by itself. */
export function occludedTokens(tokens: readonly Token[]): OccludedPart[] {
  return tokens.flatMap(({ end, segment, special, start }, token) => (special || start === end ? [] : [{ start, end, segment, tokens: [token] }]));
}

/** Words of a text, or of both texts of a pair, each with all its pieces, and single signs such as a comma. */
export function occludedWords(tokens: readonly Token[], text: string, pair?: string): OccludedPart[] {
  return ([[0, text], [1, pair ?? '']] as const).flatMap(([segment, of]) => {
    const places = tokens.flatMap((token, index) => (token.segment === segment && !token.special ? [index] : []));
    const own = places.map((index) => tokens[index]!);
    // Of a long text, what was read is a small part.
    const from = own[0]?.start ?? 0;
    const read = own.map((token) => ({ ...token, start: token.start - from, end: token.end - from }));
    return wordsOf(of.slice(from, own.at(-1)?.end), read).map(({ start, end, tokens: pieces }) => ({
      start: start + from, end: end + from, segment, tokens: pieces.map((piece) => places[piece]!),
    }));
  });
}

/**
 * Measures an outcome with each part of a text left out in turn (input erasure: Li et al., 2016, arXiv:1612.08220; by
 * a neutral token in its place: Zeiler & Fergus, 2014, arXiv:1311.2901).
 * @throws HeadlightError `no-mask-token` for a model that has none where parts shall be masked
 */
export async function occlude<T = number>(model: TransformerModel, { tokens, ids, parts, method, measure, progress }: OcclusionOptions<T>): Promise<Occlusion<T>> {
  const maskId = method === 'mask' ? requireMask(model) : null;
  const whole: ModelInput = { tokens, ...(ids && { ids }) };
  const rows: ModelInput[] = [whole, ...parts.map((part) => withoutPart(whole, new Set(part.tokens), maskId))];
  const measured = new Array<T>(rows.length);
  let done = 0;
  for (const batch of batchesByLength(rows)) {
    progress({ message: 'Leaving words out', done, total: rows.length });
    const outcomes = await measure(batch.map((index) => rows[index]!));
    batch.forEach((index, row) => { measured[index] = outcomes[row]!; });
    done += batch.length;
  }
  const [ofWhole, ...without] = measured as [T, ...T[]];
  return { whole: ofWhole, without };
}

/** @param maskId null to take the tokens away, which moves those behind them up */
function withoutPart({ tokens, ids = tokens.map(({ id }) => id) }: Pick<ModelInput, 'tokens' | 'ids'>, left: ReadonlySet<number>, maskId: number | null): ModelInput {
  if (maskId !== null) return { tokens, ids: ids.map((id, index) => (left.has(index) ? maskId : id)) };
  const kept = <V>(values: readonly V[]): V[] => values.filter((_, index) => !left.has(index));
  return { tokens: kept(tokens), ids: kept(ids), whole: tokens };
}

function requireMask({ info, tokenizer }: TransformerModel): number {
  if (tokenizer.maskToken) return tokenizer.maskToken.id;
  throw new HeadlightError('no-mask-token', `${info.name} has no mask token to put in the place of a word. Let words be deleted instead.`);
}
