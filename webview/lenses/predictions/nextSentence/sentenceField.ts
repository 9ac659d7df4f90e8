import { css, html, type TemplateResult } from 'lit';
import { longestSentence } from './state';

/** Styles of `sentenceField`. */
export const sentenceFieldStyles = css`
  .sentence {
    display: block;
    color: var(--headlight-muted);
    font-size: var(--headlight-small);
  }
  .sentence textarea {
    display: block;
    width: 100%;
    min-height: 3.6em;
    margin-top: 4px;
    padding: 4px 6px;
    border: 1px solid var(--vscode-input-border, var(--headlight-border));
    border-radius: 2px;
    color: var(--vscode-input-foreground, inherit);
    background: var(--vscode-input-background, transparent);
    font: inherit;
    font-family: var(--vscode-editor-font-family, monospace);
    resize: vertical;
    field-sizing: content;
    max-height: 12em;
  }
  .sentence textarea::placeholder {
    color: var(--vscode-input-placeholderForeground, var(--headlight-muted));
    opacity: 1;
  }
`;

export interface SentenceFieldOptions {
  readonly label: string;
  readonly text: string;
  readonly placeholder: string;
  /** At each change, and with `done` on Enter. */
  readonly onInput: (text: string, done: boolean) => void;
}

/** A sentence to write in; Enter hands it over, Shift+Enter breaks the line. */
export function sentenceField({ label, text, placeholder, onInput }: SentenceFieldOptions): TemplateResult {
  const value = ({ currentTarget }: Event): string => (currentTarget as HTMLTextAreaElement).value;
  return html`<label class="sentence"
    >${label}<textarea
      rows="2"
      maxlength=${longestSentence}
      placeholder=${placeholder}
      spellcheck="false"
      .value=${text}
      @input=${(event: Event) => { onInput(value(event), false); }}
      @keydown=${(event: KeyboardEvent) => {
        // Enter that ends a composition is the input method's.
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        onInput(value(event), true);
      }}
    ></textarea
  ></label>`;
}
