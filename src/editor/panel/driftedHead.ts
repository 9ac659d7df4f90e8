import { randomUUID } from 'node:crypto';
import type { DriftedHead, Subject } from '../../panel/contract';
import { targetSetting } from '../settings';
import type { ShownSource } from './shownSource';
import { sourceOfTexts } from './textOfPanel';

/**
 * The subject of the attention lens with one head of two models side by side over a line of the shown document.
 * @throws HeadlightError `text-too-long`
 */
export async function driftedHead({ text, offset, model, against, layer, head }: DriftedHead, shown: ShownSource | null): Promise<Subject> {
  const { start } = shown?.inDocument({ start: offset, end: offset + text.length }) ?? { start: 0 };
  const source = await sourceOfTexts({ first: { text, offset: start }, selection: { start: 0, end: 0 } }, shown);
  const state = { layer, head, inModel: model === targetSetting().model ? null : model, compare: { kind: 'model', layer, head, model: against } };
  return { lens: 'attention', source, opened: { id: randomUUID(), state } };
}
