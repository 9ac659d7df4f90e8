import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Chance } from '../../../src/lenses/writing/contract';
import { visibleText } from '../../../src/text/visibleText';
import { sharedStyles } from '../../controls';
import { formatPercent } from '../../format';

/** Differences below this are those of arithmetic. */
const noise = 1e-5;

/** Whether temperature, top-k, top-p or penalty change what the model says. */
export function isReshaped(chances: readonly Chance[]): boolean {
  return chances.some(({ chance, probability }) => Math.abs(chance - probability) > noise);
}

/** How a chance is written: "out" for what cannot be drawn. */
export function chanceText(chance: number): string {
  return chance === 0 ? 'out' : formatPercent(chance);
}

/**
 * What could come next, with the model's own probability and what the settings make of it as bars. Each entry can be
 * pressed: emits `branch` with the `Chance` as `detail`.
 */
@customElement('headlight-next-tokens')
export class NextTokens extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .row {
        display: grid;
        grid-template-columns: minmax(5ch, 26%) minmax(40px, 1fr) max-content;
        align-items: center;
        gap: 8px;
        width: 100%;
        min-height: 24px;
        padding: 1px 4px;
        border: 1px solid transparent;
        border-radius: 4px;
        color: inherit;
        background: none;
        font: inherit;
        text-align: start;
        cursor: pointer;
      }
      .row:hover {
        background: var(--vscode-list-hoverBackground, transparent);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .row[aria-current] {
        border-color: var(--vscode-focusBorder);
        cursor: default;
      }
      .token {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: pre;
      }
      .bars {
        display: flex;
        flex-direction: column;
        gap: 2px;
      }
      .bar-own,
      .bar-after {
        display: block;
        height: 6px;
        min-width: 1px;
        border-radius: 1px;
      }
      .bar-own {
        border: 1px solid var(--headlight-muted);
      }
      .bar-after,
      .alone .bar-own {
        border: none;
        background: var(--vscode-charts-blue, var(--vscode-focusBorder));
      }
      .alone .bar-own {
        height: 12px;
      }
      .numbers {
        font-size: var(--headlight-small);
        text-align: end;
      }
      .out .token,
      .out .numbers {
        color: var(--headlight-muted);
      }
      .waiting .bar-after,
      .waiting .after {
        opacity: 0.5;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
        margin-bottom: 4px;
        color: var(--headlight-muted);
        font-size: var(--headlight-small);
      }
      .legend span {
        display: inline-flex;
        align-items: center;
        gap: 4px;
      }
      .legend i {
        width: 16px;
      }
      td button {
        padding: 2px 0;
        border: none;
        color: inherit;
        background: none;
        font: inherit;
        font-family: var(--vscode-editor-font-family, monospace);
        text-align: start;
        text-decoration: underline;
        cursor: pointer;
      }
    `,
  ];

  @property({ attribute: false }) chances: readonly Chance[] = [];
  /** Id of the token that was written here. */
  @property({ type: Number }) written = -1;
  /** Whether chances for other settings are on their way. */
  @property({ type: Boolean }) waiting = false;
  @property({ type: Boolean }) table = false;

  override render(): TemplateResult {
    const reshaped = isReshaped(this.chances);
    return this.table ? this.drawnTable(reshaped) : this.bars(reshaped);
  }

  private bars(reshaped: boolean): TemplateResult {
    const most = Math.max(...this.chances.map(({ chance, probability }) => Math.max(probability, reshaped ? chance : 0)), Number.MIN_VALUE);
    const width = (value: number): string => `width: ${(100 * value) / most}%`;
    return html`<div class=${this.waiting ? 'waiting' : ''} @keydown=${this.pressed}>
      ${reshaped
        ? html`<p class="legend" aria-hidden="true">
            <span><i class="bar-own"></i>the model’s own</span>
            <span><i class="bar-after"></i>as tokens are chosen now</span>
          </p>`
        : nothing}
      <ul class=${reshaped ? '' : 'alone'} aria-label="What could come next">
        ${this.chances.map((one, index) => {
          const isWritten = one.id === this.written;
          const after = reshaped ? `, ${one.chance === 0 ? 'cannot be chosen' : `${formatPercent(one.chance)} as tokens are chosen now`}` : '';
          return html`<li>
            <button
              type="button"
              class="row ${reshaped && one.chance === 0 ? 'out' : ''}"
              data-token=${one.id}
              aria-current=${isWritten ? 'true' : nothing}
              aria-label="${visibleText(one.token)}: ${formatPercent(one.probability)}${after}. ${isWritten ? 'Written here.' : 'Branch here.'}"
              title=${isWritten ? 'This was written' : 'Go on from this one'}
              tabindex=${index === 0 ? 0 : -1}
              @click=${() => { this.choose(one); }}
            >
              <span class="token source-text">${visibleText(one.token)}</span>
              <span class="bars">
                <i class="bar-own" .style=${width(one.probability)}></i>
                ${reshaped ? html`<i class="bar-after" .style=${one.chance === 0 ? 'visibility: hidden' : width(one.chance)}></i>` : nothing}
              </span>
              <span class="numbers number"
                >${formatPercent(one.probability)}${reshaped ? html` <span class="after">→ ${chanceText(one.chance)}</span>` : nothing}${isWritten ? ' ✓' : ''}</span
              >
            </button>
          </li>`;
        })}
      </ul>
    </div>`;
  }

  private drawnTable(reshaped: boolean): TemplateResult {
    return html`<table>
      <caption class="visually-hidden">
        What could come next; press one to go on from it
      </caption>
      <thead>
        <tr>
          <th scope="col">Token</th>
          <th scope="col" class="number">Model’s own</th>
          ${reshaped ? html`<th scope="col" class="number">As chosen now</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${this.chances.map((one) => html`<tr>
          <td class="source-text">
            ${one.id === this.written
              ? html`${visibleText(one.token)} <span class="muted">written</span>`
              : html`<button type="button" data-token=${one.id} @click=${() => { this.choose(one); }}>${visibleText(one.token)}</button>`}
          </td>
          <td class="number">${formatPercent(one.probability)}</td>
          ${reshaped ? html`<td class="number">${chanceText(one.chance)}</td>` : nothing}
        </tr>`)}
      </tbody>
    </table>`;
  }

  private choose(chance: Chance): void {
    if (chance.id !== this.written) this.dispatchEvent(new CustomEvent('branch', { detail: chance }));
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const rows = Array.from(this.renderRoot.querySelectorAll<HTMLElement>('.row'));
    const at = rows.findIndex((row) => row.matches(':focus'));
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[Math.min(rows.length - 1, Math.max(0, to))]?.focus();
  };
}
