import { nothing, type TemplateResult } from 'lit';
import type { ProposedCheck } from '../../src/panel/contract';
import type { EditorConnection } from '../connection';
import { button } from '../controls';
import type { Latest } from '../latest';
import { reportSaved } from './saveBar';

/** Saves what is shown as a check; nothing where it makes none, or no editor is there to save it. */
export function checkButton(editor: EditorConnection, proposed: ProposedCheck | null, saved: Latest<string | null>): TemplateResult | typeof nothing {
  if (!editor.live || !proposed) return nothing;
  return button({
    label: 'Save as check…',
    onClick: () => { reportSaved(saved, () => editor.ask('panel/saveCheck', proposed)); },
  });
}
