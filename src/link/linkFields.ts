import { HeadlightError } from '../errors';
import type { TextRange } from '../text/range';
import {
  type AttentionLink, type LinkedModel, type LinkedText, longestLinkedText, longestState,
} from './attentionLink';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a link says, checked field by field: a link may come from anybody.
 * @throws HeadlightError `link-unreadable`
 */
export function checkedLink(value: unknown): AttentionLink {
  const from = fields(value, 'content');
  const first = linkedText(from['first'], 'text');
  const second = from['second'] === undefined ? undefined : linkedText(from['second'], 'second text');
  if (first.text.length + (second?.text.length ?? 0) > longestLinkedText) throw unreadable('its text is too long');
  const state = fields(from['state'], 'view');
  if (JSON.stringify(state).length > longestState) throw unreadable('its view is too large');
  return {
    model: linkedModel(from['model']),
    otherModel: from['otherModel'] === null ? null : linkedModel(from['otherModel']),
    ...(from['path'] !== undefined && { path: relativePath(from['path']) }),
    label: shortText(from['label'], 'label'),
    first,
    ...(second && { second }),
    selection: rangeWithin(from['selection'], first.text.length),
    state,
  };
}

/** The failure of a link that says something wrong. */
export function unreadable(what: string, options?: ErrorOptions): HeadlightError {
  return new HeadlightError(
    'link-unreadable',
    `This link cannot be opened: ${what}. Copy it again, whole, with “Copy link” in the attention view.`,
    options,
  );
}

function fields(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(`its ${name} is missing`);
  return value as Fields;
}

function linkedText(value: unknown, name: string): LinkedText {
  const { text, offset } = fields(value, name);
  if (typeof text !== 'string' || text.trim() === '') throw unreadable(`its ${name} is missing`);
  return { text, offset: count(offset, Number.MAX_SAFE_INTEGER, `place of its ${name}`) };
}

function linkedModel(value: unknown): LinkedModel {
  const { name, folder } = fields(value, 'model');
  if (folder !== undefined && !(typeof folder === 'string' && /^[0-9a-f]{16}$/.test(folder))) throw unreadable('its model is not named rightly');
  return { name: shortText(name, 'model'), ...(folder !== undefined && { folder }) };
}

/** Text of one line, to show. */
function shortText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 200 || /\p{Cc}/u.test(value)) throw unreadable(`its ${name} is missing or malformed`);
  return value;
}

function rangeWithin(value: unknown, length: number): TextRange {
  const { start, end } = fields(value, 'selection');
  const last = count(end, length, 'end of its selection');
  return { start: count(start, last, 'start of its selection'), end: last };
}

function count(value: unknown, most: number, name: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > most) throw unreadable(`the ${name} is out of range`);
  return value as number;
}

/** Whether a path leads nowhere but down from a workspace folder, on every system. */
export function isRelativePath(path: string): boolean {
  return path.length <= 1000 && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:\p{Cc}]/u.test(part));
}

function relativePath(value: unknown): string {
  if (typeof value !== 'string' || !isRelativePath(value)) throw unreadable('its document does not lie in a workspace folder');
  return value;
}
