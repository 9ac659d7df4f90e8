import { css, html, nothing, type TemplateResult } from 'lit';
import { formatPercent } from '../../format';

/** Styles of `wordBar` and of the lines that hold them. */
export const wordBarStyles = css`
  .words {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    max-height: 40vh;
    overflow-y: auto;
  }
  .words > [role='listitem'] {
    display: flex;
    max-width: 100%;
  }
  .word {
    display: block;
    max-width: 100%;
    padding: 3px 6px 0;
    border: 1px solid var(--headlight-border);
    border-radius: 4px;
    overflow: hidden;
    color: inherit;
    background: none;
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: inherit;
    line-height: 18px;
    text-align: start;
    text-overflow: ellipsis;
    white-space: pre;
    unicode-bidi: isolate;
  }
  button.word {
    cursor: pointer;
  }
  button.word:hover {
    border-color: var(--vscode-focusBorder);
  }
  .word::after {
    display: block;
    height: 4px;
    margin: 2px -6px 0;
    content: '';
    background: linear-gradient(var(--vscode-charts-blue, var(--vscode-focusBorder)) 0 0) left / calc(var(--share) * 100%) 100% no-repeat;
  }
  .word.special {
    color: var(--headlight-muted);
    border-style: dashed;
  }
  .word.later {
    color: var(--vscode-disabledForeground, var(--headlight-muted));
    border-color: transparent;
  }
  .word.later::after {
    visibility: hidden;
  }
  .word.touched {
    text-decoration: underline;
    text-decoration-thickness: 2px;
    text-underline-offset: 3px;
  }
  .word.joined {
    margin-inline-start: -4px;
    border-inline-start: none;
    border-top-left-radius: 0;
    border-bottom-left-radius: 0;
  }
  .word[aria-current='true'] {
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
    border-color: var(--vscode-contrastActiveBorder, var(--vscode-button-background));
  }
`;

export interface WordBar {
  readonly text: string;
  readonly title: string;
  /** The bar below the word: attention or probability, 0–1; null for none. */
  readonly share: number | null;
  readonly classes: readonly string[];
  readonly current?: boolean;
  readonly onClick?: () => void;
}

/** A word with a bar below it; a button where something can be done with it. */
export function wordBar({ text, title, share, classes, current = false, onClick }: WordBar): TemplateResult {
  const name = ['word', ...classes].join(' ');
  const style = `--share: ${share ?? 0}`;
  const hint = share === null ? title : `${title}\n${formatPercent(share)}`;
  return onClick
    ? html`<button type="button" class=${name} title=${hint} aria-current=${current ? 'true' : nothing} .style=${style} @click=${onClick}>${text}</button>`
    : html`<span class=${name} title=${hint} .style=${style}>${text}</span>`;
}
