import { css } from 'lit';

/** Styles that every component of the panel shares: type, icons, buttons, cards, tables, focus. */
export const sharedStyles = css`
  :host {
    display: block;
  }
  :host([hidden]) {
    display: none;
  }
  * {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h2,
  h3 {
    font-size: inherit;
    font-weight: 600;
  }
  h2 > .muted,
  h3 > .muted {
    font-weight: normal;
  }
  .muted {
    color: var(--headlight-muted);
  }
  .small {
    font-size: var(--headlight-small);
  }
  .number {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .source-text {
    font-family: var(--vscode-editor-font-family, monospace);
    unicode-bidi: isolate;
  }
  .icon {
    font: 16px/1 codicon;
    display: inline-block;
    flex: none;
    width: 16px;
    height: 16px;
  }
  .icon-slot {
    display: flex;
  }
  .icon-button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    flex: none;
    width: 24px;
    height: 24px;
    padding: 0;
    border: 1px solid transparent;
    border-radius: 4px;
    color: var(--vscode-icon-foreground, inherit);
    background: none;
    cursor: pointer;
  }
  .icon-button:hover:not(:disabled) {
    background: var(--vscode-toolbar-hoverBackground, transparent);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .icon-button[aria-pressed='true'],
  .icon-button[aria-expanded='true'] {
    color: var(--vscode-inputOption-activeForeground, inherit);
    background: var(--vscode-inputOption-activeBackground, transparent);
    border-color: var(--vscode-inputOption-activeBorder, transparent);
  }
  .icon-button:disabled {
    opacity: 0.4;
    cursor: default;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder) !important;
    outline-offset: -1px;
  }
  .card {
    min-width: 0;
    padding: 8px;
    border: 1px solid var(--headlight-border);
    border-radius: 6px;
    background: var(--vscode-editor-background);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
  }
  .spread {
    justify-content: space-between;
  }
  .stack {
    display: flex;
    flex-direction: column;
    gap: 12px;
    min-width: 0;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: var(--headlight-small);
  }
  th {
    text-align: start;
    font-weight: 600;
    color: var(--headlight-muted);
  }
  th,
  td {
    padding: 4px 8px 4px 0;
    border-bottom: 1px solid var(--headlight-border);
    overflow-wrap: anywhere;
  }
  th.number,
  td.number {
    text-align: end;
    padding-right: 0;
    padding-left: 8px;
    overflow-wrap: normal;
  }
  thead th,
  th.term {
    overflow-wrap: normal;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
