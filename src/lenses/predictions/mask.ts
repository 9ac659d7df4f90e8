import { HeadlightError } from '../../errors';
import type { TextRange } from '../../text/range';
import type { Token } from '../../text/token';
import { piecesIn } from '../wordInContext';
import type { PredictionsRequest } from './contract';

/**
 * Indexes of the tokens to mask, ascending: masks that the text holds, tokens that overlap `maskRange`, and
 * `maskTokens`.
 * @throws HeadlightError `out-of-range` for a range without tokens or for a token that cannot be masked
 */
export function placesToMask(
  tokens: readonly Token[],
  maskId: number,
  request: Pick<PredictionsRequest, 'maskRange' | 'maskTokens'>,
): number[] {
  const places = new Set<number>();
  tokens.forEach((token, index) => {
    if (!token.special && token.id === maskId) places.add(index);
  });
  if (request.maskRange) for (const index of tokensInRange(tokens, request.maskRange)) places.add(index);
  for (const index of request.maskTokens ?? []) {
    requireMaskable(tokens, index);
    places.add(index);
  }
  return [...places].sort((a, b) => a - b);
}

function tokensInRange(tokens: readonly Token[], range: TextRange): number[] {
  const indexes = piecesIn(tokens, range);
  if (indexes.length > 0) return indexes;
  throw new HeadlightError(
    'out-of-range',
    'There is nothing to mask at this place: it holds no word, or lies outside the part of the text that the model ' +
      'read. Select a word, or a shorter text around it.',
  );
}

function requireMaskable(tokens: readonly Token[], index: number): void {
  const token = tokens[index];
  if (!token) {
    throw new HeadlightError(
      'out-of-range',
      `There is no token ${index}: the text has ${tokens.length} tokens, counted from 0. Choose one of them.`,
    );
  }
  if (token.special) {
    throw new HeadlightError(
      'out-of-range',
      `Token ${index} (${token.piece}) was added by the tokenizer and stands for no text. Choose a word to mask.`,
    );
  }
}
