import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { sharedStyles } from './styles';

export interface Segment {
  readonly value: string;
  readonly label: string;
}

/** One choice of a few, side by side: an ARIA radio group. Emits `choose` with the value as `detail`. */
@customElement('headlight-segmented')
export class Segmented extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: inline-block;
      }
      [role='radiogroup'] {
        display: inline-flex;
        padding: 1px;
        border: 1px solid var(--vscode-contrastBorder, var(--vscode-input-border, transparent));
        border-radius: 5px;
        background: var(--vscode-input-background, var(--vscode-editor-background));
      }
      button {
        min-width: 32px;
        height: 22px;
        padding: 0 8px;
        border: 1px solid transparent;
        border-radius: 4px;
        color: inherit;
        background: none;
        font: inherit;
        font-size: var(--headlight-small);
        white-space: nowrap;
        cursor: pointer;
      }
      button[aria-checked='true'] {
        color: var(--vscode-inputOption-activeForeground, inherit);
        background: var(--vscode-inputOption-activeBackground, transparent);
        border-color: var(--vscode-inputOption-activeBorder, var(--vscode-focusBorder));
      }
    `,
  ];

  @property() label = '';
  @property() value = '';
  @property({ attribute: false }) segments: readonly Segment[] = [];

  override render() {
    return html`<div role="radiogroup" aria-label=${this.label} @keydown=${this.move}>
      ${this.segments.map(
        ({ value, label }) => html`<button
          type="button"
          role="radio"
          data-value=${value}
          aria-checked=${value === this.value}
          tabindex=${value === this.value ? 0 : -1}
          @click=${() => { this.choose(value); }}
        >
          ${label}
        </button>`,
      )}
    </div>`;
  }

  private readonly move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = this.segments.findIndex(({ value }) => value === this.value);
    const next = this.segments[(at + step + this.segments.length) % this.segments.length];
    if (!next) return;
    this.choose(next.value);
    this.renderRoot.querySelector<HTMLElement>(`[data-value="${CSS.escape(next.value)}"]`)?.focus();
  };

  private choose(value: string): void {
    if (value !== this.value) this.dispatchEvent(new CustomEvent('choose', { detail: value }));
  }
}
