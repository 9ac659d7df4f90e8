import { css, html, type TemplateResult } from 'lit';
import type { EditorConnection } from '../connection';
import { button, icon } from '../controls';
import type { LensEntry } from '../lenses/registry';

/** Styles of `emptyState`. */
export const emptyStyles = css`
  .empty {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 12px;
    max-width: 320px;
    margin: 32px auto;
    text-align: center;
  }
  .empty > .icon {
    width: 40px;
    height: 40px;
    color: var(--headlight-muted);
    font-size: 40px;
  }
`;

/** What a lens shows before it has a text: how to give it one, and the lesson to try it on. */
export function emptyState(entry: LensEntry, editor: EditorConnection): TemplateResult {
  return html`<div class="empty">
    ${icon(entry.icon)}
    <p>${entry.hint}</p>
    ${button({
      label: 'Open the Lesson',
      kind: 'primary',
      onClick: () => { editor.notify('panel/command', { command: 'openSample' }); },
    })}
    ${button({ label: 'Choose a Model', onClick: () => { editor.notify('panel/command', { command: 'chooseModel' }); } })}
  </div>`;
}
