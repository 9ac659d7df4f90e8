import { css, html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from './icon';

/** Styles of `notice`, for the components that show one. */
export const noticeStyles = css`
  .notice {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    padding: 8px;
    border: 1px solid var(--headlight-border);
    border-radius: 4px;
    font-size: var(--headlight-small);
    line-height: 1.4;
    overflow-wrap: anywhere;
  }
  .notice > .text {
    flex: 1;
    min-width: 0;
  }
  .notice .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin-top: 8px;
  }
  .notice.info > .icon {
    color: var(--vscode-editorInfo-foreground, inherit);
  }
  .notice.warning > .icon {
    color: var(--vscode-editorWarning-foreground, inherit);
  }
  .notice.error > .icon {
    color: var(--vscode-editorError-foreground, inherit);
  }
  .notice.error {
    border-color: var(--vscode-inputValidation-errorBorder, var(--headlight-border));
  }
`;

const symbols: Readonly<Record<'info' | 'warning' | 'error', IconName>> = { info: 'info', warning: 'warning', error: 'error' };

/** A short message in place, with what the reader may do about it. */
export function notice(
  kind: keyof typeof symbols,
  text: string | TemplateResult,
  actions: readonly TemplateResult[] = [],
): TemplateResult {
  return html`<div class="notice ${kind}" role=${kind === 'error' ? 'alert' : 'status'}>
    ${icon(symbols[kind])}
    <div class="text">
      ${text}${actions.length > 0 ? html`<div class="actions">${actions}</div>` : nothing}
    </div>
  </div>`;
}
