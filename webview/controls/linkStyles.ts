import { css } from 'lit';

/** A button that goes to a place and looks like a link: `class="link"`. */
export const linkStyles = css`
  .link {
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
