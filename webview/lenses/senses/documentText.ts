import type { DocumentText, Subject } from '../../../src/panel/contract';
import type { EditorConnection } from '../../connection';

const known = new WeakMap<Subject, Promise<DocumentText>>();

/** The document around what is shown, asked for once for each subject; one that was refused is asked for again. */
export function documentText(editor: EditorConnection, subject: Subject): Promise<DocumentText> {
  const before = known.get(subject);
  if (before) return before;
  const asked = editor.ask('panel/documentText', null);
  known.set(subject, asked);
  asked.catch(() => known.delete(subject));
  return asked;
}
