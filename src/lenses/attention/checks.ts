import { HeadlightError } from '../../errors';
import type { ModelInfo } from '../model';

/** @throws HeadlightError `cannot-instrument` for a model without layers */
export function requireAttention({ name, layers, writes }: ModelInfo): void {
  if (layers > 0) return;
  if (writes) {
    throw new HeadlightError(
      'cannot-instrument',
      `${name} reads with an LSTM, word after word, and has no heads that attend from token to token. Choose another model, or watch it translate.`,
    );
  }
  throw new HeadlightError(
    'cannot-instrument',
    `${name} has no layers and so no attention: a word has one vector, whatever stands around it. Choose another model.`,
  );
}

/** @throws HeadlightError `out-of-range` */
export function requireIndex(what: string, index: number, count: number, owner = 'model'): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new HeadlightError(
    'out-of-range',
    `There is no ${what} ${index}: this ${owner} has ${count} ${what}s, counted from 0. Choose one from 0 to ${count - 1}.`,
  );
}

/** @throws HeadlightError as the two above */
export function requireHead(info: ModelInfo, layer: number, head: number): void {
  requireAttention(info);
  requireIndex('layer', layer, info.layers);
  requireIndex('head', head, info.heads);
}
