import { css } from 'lit';

/** A button that goes to a place in the document and looks like a link. */
export const goStyles = css`
  .go {
    padding: 0;
    border: none;
    color: var(--vscode-textLink-foreground, inherit);
    background: none;
    font: inherit;
    text-align: start;
    text-decoration: underline;
    text-underline-offset: 2px;
    cursor: pointer;
  }
`;
