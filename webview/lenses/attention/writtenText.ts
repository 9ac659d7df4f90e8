import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { WrittenTokens } from '../../../src/lenses/attention/contract';
import { button, sharedStyles, textAreaStyles } from '../../controls';

/**
 * What the model is looked at writing, and where another text is given that it shall be looked at writing instead. Emits
 * `write` with that text as `detail`, null for the model's own translation.
 */
@customElement('headlight-written-text')
export class WrittenText extends LitElement {
  static override styles = [
    sharedStyles,
    textAreaStyles,
    css`
      :host {
        display: block;
      }
      p {
        overflow-wrap: anywhere;
      }
      textarea {
        min-height: 2.8em;
      }
    `,
  ];

  @property({ attribute: false }) written!: WrittenTokens;
  @property({ type: Boolean }) live = false;
  @state() private editing = false;

  override render(): TemplateResult {
    const { given, text } = this.written;
    return html`<div class="stack">
      <div class="bar spread">
        <p><span class="muted">${given ? 'Looked at writing' : 'It writes'}</span> <span class="source-text" dir="auto" data-written>${text}</span></p>
        ${this.live
          ? html`<div class="bar">
              ${given ? button({ label: 'The model’s own translation', onClick: () => { this.write(null); } }) : nothing}
              ${button({ label: this.editing ? 'Cancel' : 'Another translation…', onClick: () => { this.editing = !this.editing; } })}
            </div>`
          : nothing}
      </div>
      ${this.editing ? this.field(text) : nothing}
    </div>`;
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('editing') && this.editing) this.renderRoot.querySelector('textarea')?.focus();
  }

  private field(text: string): TemplateResult {
    return html`<label
        >Another translation
        <textarea .value=${text} @keydown=${this.pressed}></textarea>
      </label>
      <div class="bar">${button({ label: 'Look into it', kind: 'primary', onClick: () => { this.enter(); } })}</div>
      <p class="muted small">The decoder is given these tokens in place of its own (teacher forcing): what it looks at while it finds each of them.</p>`;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.editing = false;
    }
    // Shift+Enter breaks the line; Enter that ends a composition is the input method's.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.enter();
  };

  private enter(): void {
    const text = this.renderRoot.querySelector('textarea')!.value.trim();
    if (text !== '') this.write(text);
  }

  private write(detail: string | null): void {
    this.editing = false;
    this.dispatchEvent(new CustomEvent('write', { detail }));
  }
}
