import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SelectedText } from '../../../../src/panel/contract';
import { button, notice, noticeStyles, sharedStyles, textAreaStyles } from '../../../controls';
import type { EditorConnection } from '../../../connection';
import { Latest } from '../../../latest';

/** Where the other text is typed, pasted or taken from the editor. Emits `text` with `{ text, word }` as `detail`. */
@customElement('headlight-other-text')
export class OtherText extends LitElement {
  static override styles = [
    sharedStyles,
    noticeStyles,
    textAreaStyles,
    css`
      textarea {
        min-height: 4.2em;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  /** The text that is compared with; empty for none yet. */
  @property() text = '';
  private readonly selected = new Latest<SelectedText>(this, (selected) => { this.choose(selected); });

  override render(): TemplateResult {
    const { selected } = this;
    return html`<div class="stack">
      <label
        >Other text
        <textarea
          .value=${this.text}
          placeholder="Type or paste a sentence, then press Enter"
          @keydown=${this.pressed}
        ></textarea>
      </label>
      <div class="bar">
        ${button({ label: 'Compare', kind: 'primary', onClick: () => { this.enter(); } })}
        ${button({ label: 'Use the editor’s selection', onClick: () => { selected.load(() => this.editor.ask('panel/selectedText', null)); } })}
      </div>
      ${selected.error === null ? nothing : notice('error', selected.error)}
    </div>`;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    // Shift+Enter breaks the line; Enter that ends a composition is the input method's.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.enter();
  };

  private enter(): void {
    const text = this.renderRoot.querySelector('textarea')!.value.trim();
    if (text !== '') this.choose({ text, word: null });
  }

  private choose({ text, word }: Pick<SelectedText, 'text' | 'word'>): void {
    this.dispatchEvent(new CustomEvent('text', { detail: { text, word } }));
  }
}
