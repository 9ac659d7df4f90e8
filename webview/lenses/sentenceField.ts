import { css, html, type TemplateResult } from 'lit';
import { textAreaStyles } from '../controls';

/** Characters of a sentence that the reader writes. */
export const longestSentence = 2000;

/** Styles of `sentenceField`. */
export const sentenceFieldStyles = [
  textAreaStyles,
  css`
    .sentence textarea {
      min-height: 3.6em;
      field-sizing: content;
      max-height: 12em;
    }
  `,
];

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
