import { css } from 'lit';

/** Styles of a text area below its label, for text of documents. */
export const textAreaStyles = css`
  label:has(textarea) {
    display: block;
    color: var(--headlight-muted);
    font-size: var(--headlight-small);
  }
  textarea {
    display: block;
    width: 100%;
    margin-top: 4px;
    padding: 4px 6px;
    border: 1px solid var(--vscode-input-border, var(--headlight-border));
    border-radius: 2px;
    color: var(--vscode-input-foreground, inherit);
    background: var(--vscode-input-background, transparent);
    font: inherit;
    font-family: var(--vscode-editor-font-family, monospace);
    resize: vertical;
  }
  textarea::placeholder {
    color: var(--vscode-input-placeholderForeground, var(--headlight-muted));
    opacity: 1;
  }
`;
