import type { AttentionOverview } from '../../../src/lenses/attention/contract';
import type { Outcome } from '../../../src/lenses/evidence/contract';
import type { SourceText } from '../../../src/panel/contract';
import { wordRanges } from '../../../src/text/words';
import type { Followed } from './viewState';

/** What is looked at, and which token of it is followed. */
interface Looked {
  readonly overview: Pick<AttentionOverview, 'model' | 'part' | 'queries' | 'tokens' | 'written'>;
  readonly first: SourceText;
  readonly second: SourceText | undefined;
  readonly pinned: Followed | null;
}

/**
 * An outcome of the shown text that suits what the reader looks at: of a pair whether one follows the other, of a followed
 * word its probability, of what is written the token that is followed. Null where the evidence view chooses as well.
 */
export function fittingOutcome({ overview: { model, part, queries, tokens, written }, first, second, pinned }: Looked): Outcome | null {
  if (written) {
    const at = pinned?.side === 'query' && part !== 'encoder' ? pinned.token : 0;
    const token = written.writes[at];
    return token ? { kind: 'nextToken', text: first.text, written: { ids: written.writes.slice(0, at).map(({ id }) => id) }, token: token.id } : null;
  }
  if (model.writes) return null;
  if (second && model.hasNextSentenceHead) return { kind: 'nextSentence', first: first.text, second: second.text };
  const followed = pinned && (pinned.side === 'query' ? queries : tokens)[pinned.token];
  if (!followed || followed.special || followed.segment !== 0 || !model.hasMaskedLanguageHead || model.maskToken === null) return null;
  const word = wordRanges(first.text).find(({ start, end }) => start <= followed.start && followed.end <= end);
  return word ? { kind: 'word', text: first.text, ...(second && { pair: second.text }), at: word, word: first.text.slice(word.start, word.end) } : null;
}
