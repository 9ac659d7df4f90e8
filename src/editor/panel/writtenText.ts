import { randomUUID } from 'node:crypto';
import type { Subject, WrittenText } from '../../panel/contract';
import { targetSetting } from '../settings';
import type { ShownSource } from './shownSource';
import { sourceOfTexts } from './textOfPanel';

/**
 * The subject of the attention lens with what a model looks at while it writes a text: where the text stands in the shown
 * document, else in a document of its own.
 * @throws HeadlightError `text-too-long`
 */
export async function writtenText({ text, model, written, part, layer, head }: WrittenText, shown: ShownSource | null): Promise<Subject> {
  const offset = shown?.subject.source.first.text === text ? shown.parts()[0]!.start : 0;
  const source = await sourceOfTexts({ first: { text, offset }, selection: { start: 0, end: 0 } }, shown);
  const state = { part, layer, head, written, inModel: model === targetSetting().model ? null : model };
  return { lens: 'attention', source, opened: { id: randomUUID(), state } };
}
