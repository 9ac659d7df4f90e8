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
  readonly parts: readonly OccludedPart[];
  readonly method: OcclusionMethod;
  /** Measures the outcome of some rows, which go through the model together. */
  readonly measure: (rows: readonly ModelInput[]) => Promise<readonly T[]>;
  readonly progress: (progress: LensProgress) => void;
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
export async function occlude<T = number>(model: TransformerModel, { tokens, parts, method, measure, progress }: OcclusionOptions<T>): Promise<Occlusion<T>> {
  const maskId = method === 'mask' ? requireMask(model) : null;
  const rows: ModelInput[] = [{ tokens }, ...parts.map((part) => withoutPart(tokens, new Set(part.tokens), maskId))];
  const measured = new Array<T>(rows.length);
  let done = 0;
  for (const batch of batchesByLength(rows)) {
    progress({ message: 'Leaving words out', done, total: rows.length });
    const outcomes = await measure(batch.map((index) => rows[index]!));
    batch.forEach((index, row) => { measured[index] = outcomes[row]!; });
    done += batch.length;
  }
  const [whole, ...without] = measured as [T, ...T[]];
  return { whole, without };
}

/** @param maskId null to take the tokens away, which moves those behind them up */
function withoutPart(tokens: readonly Token[], left: ReadonlySet<number>, maskId: number | null): ModelInput {
  if (maskId === null) return { tokens: tokens.filter((_, index) => !left.has(index)) };
  return { tokens, ids: tokens.map(({ id }, index) => (left.has(index) ? maskId : id)) };
}

function requireMask({ info, tokenizer }: TransformerModel): number {
  if (tokenizer.maskToken) return tokenizer.maskToken.id;
  throw new HeadlightError('no-mask-token', `${info.name} has no mask token to put in the place of a word. Let words be deleted instead.`);
}
