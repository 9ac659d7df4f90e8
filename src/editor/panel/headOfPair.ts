import { randomUUID } from 'node:crypto';
import type { HeadOfPair, SourceText, Subject } from '../../panel/contract';
import type { ShownSource } from './shownSource';
import { sourceOfTexts } from './textOfPanel';

const pairs = { firstToSecond: 'ab', secondToFirst: 'ba' } as const;

/**
 * The subject of the attention lens with one head of a pair open: the pair where it stands in the shown document, or, as
 * the reader may have written it anew, in a document of its own.
 * @throws HeadlightError `text-too-long`
 */
export async function headOfPair({ first, second, layer, head, direction }: HeadOfPair, shown: ShownSource | null): Promise<Subject> {
  const texts = { first: partOf(first, 'first', shown), second: partOf(second, 'second', shown), selection: { start: 0, end: 0 } };
  // As the shares are computed.
  const state = { layer, head, pairs: pairs[direction], hideSpecial: true };
  const source = await sourceOfTexts(texts, shown);
  return { lens: 'attention', source, opened: { id: randomUUID(), state } };
}

/** The text with its place in the shown document, where it still stands there. */
function partOf(text: string, which: 'first' | 'second', shown: ShownSource | null): SourceText {
  const known = shown?.subject.lens === 'predictions' ? shown.subject.sentences?.[which] : undefined;
  const offset = known?.text === text ? shown!.inDocument({ start: known.offset, end: known.offset + text.length }).start : 0;
  return { text, offset };
}
