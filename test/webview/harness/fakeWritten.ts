import type { AttendedText, AttentionRequest } from '../../../src/lenses/attention/contract';
import type { AttentionKind } from '../../../src/lenses/model';
import type { PanelCall, WithoutTarget } from '../../../src/panel/contract';
import type { Token } from '../../../src/text/token';
import { encoderInfo } from '../../support/encoderInfo';
import { tokensOf } from './fakeModel';
import { translatorInfo } from './fakeWriting';

/** A text with the stack of attention that is asked for. */
export interface FakeText extends AttendedText {
  readonly layers: number;
  readonly heads: number;
  readonly kind: AttentionKind;
}

const own = 'La vaca saltó sobre la luna.';
const token = (piece: string, id: number): Token => ({ id, piece, text: piece, special: true, segment: 1, word: null, start: 0, end: 0 });

/** The encoder's text, or, of the translator, what it writes: given words, or the cow's for any text. */
export function attended({ text, pair, part = 'encoder', written: given, inModel }: WithoutTarget<AttentionRequest> & PanelCall): FakeText {
  const tokens = tokensOf(text, pair);
  const model = inModel === 'translator' ? translatorInfo : encoderInfo;
  if (part === 'encoder') return { model, part, queries: tokens, tokens, written: null, windowed: null, layers: model.layers, heads: model.heads, kind: 'self' };
  const said = given ? ('text' in given ? given.text : `ids ${given.ids.join(' ')}`) : own;
  const words = tokensOf(said).filter(({ special }) => !special).map((piece) => ({ ...piece, segment: 1 as const }));
  const written = { text: said, given: given !== undefined, inputs: [token('<pad>', 0), ...words], writes: [...words, token('</s>', 1)] };
  const { layers, heads } = translatorInfo.writes;
  const subject = { model, part, written, windowed: null, layers, heads };
  return part === 'cross'
    ? { ...subject, queries: written.writes, tokens, kind: 'cross' }
    : { ...subject, queries: written.inputs, tokens: written.inputs, kind: 'causal' };
}
