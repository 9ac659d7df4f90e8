import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { sharedStyles } from './styles';

export interface Segment {
  readonly value: string;
  readonly label: string;
  /** Why it cannot be chosen; absent where it can. */
  readonly disabled?: string;
}

/** One choice of a few, side by side: an ARIA radio group. Emits `choose` with the value as `detail`. */
@customElement('headlight-segmented')
export class Segmented extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        display: inline-block;
        max-width: 100%;
      }
      [role='radiogroup'] {
        display: inline-flex;
        flex-wrap: wrap;
        max-width: 100%;
        box-sizing: border-box;
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
      button[aria-disabled='true'] {
        opacity: 0.5;
        cursor: default;
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
        ({ value, label, disabled }) => html`<button
          type="button"
          role="radio"
          data-value=${value}
          aria-checked=${value === this.value}
          aria-disabled=${disabled === undefined ? nothing : 'true'}
          title=${disabled ?? nothing}
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
    const open = this.segments.filter(({ disabled }) => disabled === undefined);
    const at = open.findIndex(({ value }) => value === this.value);
    const next = open[(at + step + open.length) % open.length];
    if (!next) return;
    this.choose(next.value);
    this.renderRoot.querySelector<HTMLElement>(`[data-value="${CSS.escape(next.value)}"]`)?.focus();
  };

  private choose(value: string): void {
    const isOpen = this.segments.some((segment) => segment.value === value && segment.disabled === undefined);
    if (isOpen && value !== this.value) this.dispatchEvent(new CustomEvent('choose', { detail: value }));
  }
}
