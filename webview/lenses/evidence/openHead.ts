import type { Outcome } from '../../../src/lenses/evidence/contract';
import type { EditorConnection } from '../../connection';
import type { AskedOutcome } from './asked';
import type { RankedHead } from './rankedHeads';

/** Shows a head in the attention lens, on the text that the outcome is of; of several texts the first. */
export function openHead(editor: EditorConnection, { outcome }: AskedOutcome, model: string, { part, layer, head }: Pick<RankedHead, 'part' | 'layer' | 'head'>): void {
  const { text, pair } = textOf(outcome);
  if (pair !== undefined) {
    editor.notify('panel/openHead', { first: text, second: pair, layer, head, direction: 'firstToSecond' });
    return;
  }
  const written = outcome.kind === 'nextToken' && part !== 'encoder' ? (outcome.written ?? null) : null;
  editor.notify('panel/openWritten', { text, model, written, part, layer, head });
}

function textOf(outcome: Outcome): { readonly text: string; readonly pair?: string } {
  switch (outcome.kind) {
    case 'nextSentence':
      return { text: outcome.first, pair: outcome.second };
    case 'cosine':
      return { text: outcome.pair[0].sentence };
    case 'separation':
      return { text: outcome.groups.flat()[0]?.sentence ?? '' };
    case 'word':
    case 'class':
      return outcome;
    case 'nextToken':
      return { text: outcome.text };
  }
}
