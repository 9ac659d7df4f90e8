import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon, type IconName } from './icon';
import { sharedStyles } from './styles';

export interface Tab {
  readonly name: string;
  readonly label: string;
  readonly icon: IconName;
}

/** A row of tabs, or more rows where they do not fit (ARIA tab list, chosen with Enter or Space). Emits `choose` with the tab's name as `detail`. */
@customElement('headlight-tabs')
export class Tabs extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        flex: 1;
        container-type: inline-size;
      }
      [role='tablist'] {
        display: flex;
        flex-wrap: wrap;
      }
      button {
        display: flex;
        flex: none;
        align-items: center;
        gap: 4px;
        height: 32px;
        padding: 0 4px;
        border: none;
        white-space: nowrap;
        border-bottom: 2px solid transparent;
        color: var(--vscode-panelTitle-inactiveForeground, var(--headlight-muted));
        background: none;
        font: inherit;
        cursor: pointer;
      }
      /* Where there is no room for all names, icons stand for the tabs that are not open. */
      @container (max-width: 880px) {
        button[aria-selected='false'] span:last-child {
          display: none;
        }
        button {
          padding: 0 6px;
        }
      }
      button:hover {
        color: var(--vscode-panelTitle-activeForeground, inherit);
      }
      button[aria-selected='true'] {
        color: var(--vscode-panelTitle-activeForeground, inherit);
        border-bottom-color: var(--vscode-panelTitle-activeBorder, var(--vscode-focusBorder));
      }
    `,
  ];

  @property() label = '';
  @property() value = '';
  @property({ attribute: false }) tabs: readonly Tab[] = [];

  override render() {
    return html`<div role="tablist" aria-label=${this.label} @keydown=${this.move}>
      ${this.tabs.map(
        (tab) => html`<button
          type="button"
          role="tab"
          aria-selected=${tab.name === this.value}
          aria-label=${tab.label}
          title=${tab.label}
          tabindex=${tab.name === this.value ? 0 : -1}
          @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: tab.name }))}
        >
          ${icon(tab.icon)}<span>${tab.label}</span>
        </button>`,
      )}
    </div>`;
  }

  private readonly move = (event: KeyboardEvent): void => {
    const buttons = Array.from(this.renderRoot.querySelectorAll('button'));
    const at = buttons.findIndex((button) => button.matches(':focus'));
    const to: Readonly<Record<string, number | undefined>> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[(next + buttons.length) % buttons.length]?.focus();
  };
}
