import type { Token } from '../../text/token';
import type { TextTokenizer } from '../../text/tokenizer';
import type { ComputeContext } from '../compute';
import { LruCache } from '../lruCache';
import { perModel } from '../perModel';
import { translate } from '../translation/compute';
import { requireRoom, type Source, targetOf } from '../translation/source';
import { prefixIds } from '../writing/given';
import { outputText } from '../writing/outputText';
import type { AttentionRequest, WrittenTokens } from './contract';

/** Texts whose own translation is remembered for each model. */
const remembered = 32;

const translations = perModel(() => new LruCache<string, readonly number[]>(remembered));

/**
 * What the decoder is looked at writing: what the request gives, else what the model writes itself.
 * @throws HeadlightError `empty-text`, `text-too-long`, `out-of-range`
 */
export async function writtenOf(source: Source, request: AttentionRequest, context: ComputeContext): Promise<WrittenTokens> {
  const { model } = context;
  const { written } = request;
  const ids = written === undefined ? await ownTranslation(request, context)
    : 'text' in written ? targetOf(written.text, source, model)
    : requireRoom(prefixIds(written, model, false), source, model);
  return { given: written !== undefined, ...tokensOf(source.writer.rules.start, ids, model.tokenizer) };
}

/** The most probable token each time; found once for a text, as many questions are asked of it. */
async function ownTranslation({ model, device, text }: AttentionRequest, context: ComputeContext): Promise<readonly number[]> {
  const known = translations(context.model);
  const found = known.get(text);
  if (found) return found;
  const progress: ComputeContext['progress'] = ({ message, done, total }) => {
    context.progress({ message, ...(done !== undefined && { done }), ...(total !== undefined && { total }) });
  };
  const { steps } = await translate({ model, device, text, choice: { kind: 'greedy' }, alternatives: 0, attention: false }, { ...context, progress });
  const ids = steps.map(({ id }) => id);
  known.set(text, ids);
  return ids;
}

/** @param ids what is written after the start tokens, at least one */
function tokensOf(start: readonly number[], ids: readonly number[], tokenizer: TextTokenizer): Pick<WrittenTokens, 'text' | 'inputs' | 'writes'> {
  let output = outputText(tokenizer);
  let word = -1;
  let reached = -1;
  const writes = ids.map((id): Token => {
    output = output.append(id);
    const { special, start: from, end } = output;
    // As where texts are read: a piece goes on with the word before it unless a space stands between.
    if (!special && (from !== reached || tokenizer.startsWord(id))) word++;
    reached = special ? -1 : end;
    return tokenOf(id, tokenizer, { special, word: special ? null : word, ...(special ? { start: 0, end: 0 } : { start: from, end }) });
  });
  const { text } = output;
  const placed = writes.map((token) => (token.end > token.start ? { ...token, text: text.slice(token.start, token.end) } : token));
  const begin = start.map((id) => tokenOf(id, tokenizer, { special: true, word: null, start: 0, end: 0 }));
  return { text, inputs: [...begin, ...placed.slice(0, -1)], writes: placed };
}

function tokenOf(id: number, tokenizer: TextTokenizer, place: Pick<Token, 'special' | 'word' | 'start' | 'end'>): Token {
  const piece = tokenizer.piece(id);
  return { id, piece, text: place.special ? piece : tokenizer.display(id), segment: 1, ...place };
}
