import { HeadlightError } from '../../errors';
import type { Token } from '../../text/token';
import type { TextSubject, TransformerModel } from '../model';
import { requireText } from '../readText';
import type { Writer } from '../writer';
import { contentOf, knownIds, requireWriter } from '../writing/given';
import type { Translation } from './contract';

/** A text that a translator shall read, and the translator. */
export interface Source {
  readonly writer: Writer;
  readonly tokens: readonly Token[];
  readonly ids: readonly number[];
  /** Most tokens that it writes, start tokens not counted. */
  readonly room: number;
}

/** Characters beyond which a text is too long whatever its tokens: no tokenizer makes one of more than this many. */
const charactersPerToken = 64;

/**
 * Reads a source whole: a part of it would be translated as if it were all.
 * @throws HeadlightError `cannot-write`, `empty-text`, `text-too-long`, `model-broken`
 */
export function readSource(model: TransformerModel, text: string): Source {
  const writer = requireWriter(model, 'translation');
  requireText(text, 'The text');
  const { name, window } = model.info;
  if (text.length > window * charactersPerToken) throw tooLong(name, window, `${new Intl.NumberFormat('en').format(text.length)} characters`);
  const { tokens } = model.tokenizer.encode(text);
  if (tokens.length > window) throw tooLong(name, window, `${new Intl.NumberFormat('en').format(tokens.length)} tokens`);
  return { writer, tokens, ids: knownIds(tokens, model), room: model.info.writes!.window - writer.rules.start.length };
}

/**
 * Ids of a translation that somebody else wrote, as the model would have to write them: the language first where the model
 * is told so, the stop token last.
 * @throws HeadlightError `empty-text`, `text-too-long`, `model-broken`
 */
export function targetOf(translation: string, source: Source, model: TransformerModel): number[] {
  requireText(translation, 'The translation');
  const { forcedFirst, stop } = source.writer.rules;
  const content = knownIds(contentOf(translation, model.tokenizer), model);
  return requireRoom([...(forcedFirst === null ? [] : [forcedFirst]), ...content, ...stop.slice(0, 1)], source, model);
}

/** @throws HeadlightError `text-too-long` for more than the model writes, `empty-text` for nothing */
export function requireRoom(target: number[], { room }: Source, { info }: TransformerModel): number[] {
  if (target.length === 0) throw new HeadlightError('empty-text', 'The translation is empty. Give at least one token.');
  if (target.length <= room) return target;
  throw new HeadlightError('text-too-long', `The translation has ${target.length} tokens, but ${info.name} writes at most ${room}. Give it sentence by sentence.`);
}

/** Most tokens to write where nobody says: translations are rarely twice as long as their source. */
export function defaultLimit({ ids, room }: Pick<Source, 'ids' | 'room'>): number {
  return Math.min(room, 2 * ids.length + 10);
}

/** What every result about a translation says of itself. */
export function subjectOf({ info }: TransformerModel, { tokens }: Source): TextSubject &
  Pick<Translation, 'looksBy' | 'crossLayers' | 'crossHeads' | 'selfLayers' | 'selfHeads'> {
  const { heads, layers } = info.writes!;
  const looksBy = info.writes!.looksBy!;
  const [crossLayers, crossHeads] = looksBy === 'attention' ? [layers, heads] : looksBy === 'alignment' ? [1, 1] : [0, 0];
  return { model: info, tokens, windowed: null, looksBy, crossLayers, crossHeads, selfLayers: layers, selfHeads: heads };
}

function tooLong(name: string, window: number, length: string): HeadlightError {
  return new HeadlightError('text-too-long', `The text has ${length}, but ${name} reads at most ${window} tokens at once. Translate it sentence by sentence.`);
}
