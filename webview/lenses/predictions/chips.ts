import { css, html, type TemplateResult } from 'lit';
import type { Token } from '../../../src/text/token';
import { tokenText, tokenTitle } from '../tokenText';

/** Styles of `tokenChips`. */
export const chipStyles = css`
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 0;
    max-height: 40vh;
    overflow-y: auto;
    line-height: 1;
  }
  .chip {
    max-width: 100%;
    margin-right: 4px;
    padding: 4px 6px;
    border: 1px solid var(--headlight-border);
    border-radius: 4px;
    overflow: hidden;
    color: inherit;
    background: none;
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: inherit;
    line-height: 16px;
    text-overflow: ellipsis;
    white-space: pre;
    unicode-bidi: isolate;
    cursor: pointer;
  }
  /* Pieces of one word stand side by side. */
  .chip.joined {
    margin-right: 0;
    border-right-style: dashed;
    border-top-right-radius: 0;
    border-bottom-right-radius: 0;
  }
  .chip.continued {
    border-left: none;
    border-top-left-radius: 0;
    border-bottom-left-radius: 0;
  }
  .chip:hover:not([aria-disabled='true']) {
    border-color: var(--vscode-focusBorder);
  }
  .chip.special {
    border-color: transparent;
    color: var(--headlight-muted);
    cursor: default;
  }
  .chip[aria-pressed='true'] {
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
    border-color: var(--vscode-contrastActiveBorder, var(--vscode-button-background));
    text-decoration: line-through;
  }
  .chip.typed {
    cursor: default;
    text-decoration: none !important;
  }
`;

export interface ChipOptions {
  readonly tokens: readonly Token[];
  readonly masked: readonly number[];
  readonly selected: readonly number[];
  readonly maskToken: string | null;
  readonly toggle: (index: number) => void;
}

/** The text as tokens that can be masked one by one. Masks typed in the text stay masked. */
export function tokenChips({ tokens, masked, selected, maskToken, toggle }: ChipOptions): TemplateResult {
  const sameWord = (a: Token | undefined, b: Token | undefined): boolean =>
    a !== undefined && b !== undefined && a.word !== null && a.word === b.word && a.segment === b.segment;
  return html`<div class="chips" role="group" aria-label="Tokens of the text: press one to mask it">
    ${tokens.map((token, index) => {
      const text = tokenText(token);
      if (token.special) return html`<span class="chip special" title=${tokenTitle(token)} data-token-index=${index}>${text}</span>`;
      const typed = token.piece === maskToken;
      const names = [
        'chip',
        typed ? 'typed' : '',
        selected.includes(index) ? 'selected' : '',
        sameWord(token, tokens[index + 1]) ? 'joined' : '',
        sameWord(tokens[index - 1], token) ? 'continued' : '',
      ];
      return html`<button
        type="button"
        class=${names.join(' ')}
        title=${typed ? 'A mask typed in the text' : tokenTitle(token)}
        data-token-index=${index}
        aria-pressed=${typed || masked.includes(index)}
        aria-disabled=${typed}
        @click=${() => { if (!typed) toggle(index); }}
      >${text}</button>`;
    })}
  </div>`;
}
