import { HeadlightError } from '../errors';
import { encodeWithinWindow, onlyUnknown } from '../text/window';
import type { TextSubject, TransformerModel } from './model';

/** What of a text the model reads, and its tokens. */
export type ReadText = Pick<TextSubject, 'tokens' | 'windowed'>;

export interface TextToRead {
  readonly text: string;
  readonly pair?: string | undefined;
  /** UTF-16 offset in `text` that the window is centred on; 0 when absent. */
  readonly focus?: number | undefined;
}

/**
 * Tokens of a text or pair, windowed to what the model can take.
 * @throws HeadlightError `empty-text` or `only-unknown-characters` when there is nothing to look into
 */
export function readText(model: TransformerModel, source: TextToRead): ReadText {
  requireText(source.text, 'The text');
  const read = readWindow(model, source);
  if (onlyUnknown(read.tokens, model.tokenizer.unknownId)) {
    throw new HeadlightError(
      'only-unknown-characters',
      `${model.info.name} knows none of the characters of this text. Select other text, or choose a model for its language.`,
    );
  }
  return read;
}

/** @throws HeadlightError `empty-text` */
export function requireText(text: string, what: string): void {
  if (text.trim() !== '') return;
  throw new HeadlightError('empty-text', `${what} is empty. Select or write some text first.`);
}

/** What `readText` reads, of any text, empty or unknown to the model. */
export function readWindow(model: TransformerModel, { text, pair, focus }: TextToRead): ReadText {
  const { encoding, windowed } = encodeWithinWindow(model.tokenizer, text, { pair, focus, window: model.info.window });
  return { tokens: encoding.tokens, windowed };
}
