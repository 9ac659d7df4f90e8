import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Figures } from '../../../src/lenses/training/contract';
import { rampColor } from '../../../src/picture/ramp';
import { sharedStyles } from '../../controls';
import { ThemeController } from '../../theme';
import { share } from './texts';

/** A label and what its examples were said to be, as indexes. */
export interface ConfusionCell {
  readonly label: number;
  readonly said: number;
}

/**
 * How many held-out examples of each label (row) were said to be which (column): a grid that arrow keys walk, in which
 * each row's shades are its shares. Emits `choose` with the cell as `detail`, null for none.
 */
@customElement('headlight-confusion')
export class Confusion extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .scroller {
        overflow-x: auto;
        max-height: 420px;
      }
      table {
        width: auto;
        border-spacing: 0;
      }
      th,
      td {
        padding: 4px 8px;
        border: 1px solid var(--headlight-border);
        overflow-wrap: normal;
      }
      th {
        max-width: 7em;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      th[scope='row'],
      th:first-child {
        position: sticky;
        left: 0;
        max-width: 10em;
        background: var(--vscode-editor-background);
      }
      td.number {
        min-width: 44px;
        padding: 4px 8px;
        text-align: end;
        cursor: pointer;
      }
      td[aria-selected='true'] {
        outline: 2px solid var(--vscode-focusBorder);
        outline-offset: -2px;
      }
      td.right {
        font-weight: 600;
      }
      .readout {
        min-height: 1.5em;
        font-size: var(--headlight-small);
      }
    `,
  ];

  @property({ attribute: false }) labels: readonly string[] = [];
  @property({ attribute: false }) confusion: Figures['confusion'] = [];
  /** The cell that is chosen. */
  @property({ attribute: false }) chosen: ConfusionCell | null = null;
  @state() private at: ConfusionCell = { label: 0, said: 0 };
  @state() private pointed: ConfusionCell | null = null;
  private readonly themed = new ThemeController(this);

  override render(): TemplateResult {
    const { confusion, labels } = this;
    return html`<div class="scroller">
        <table role="grid" aria-label="Labels in rows, what was said in columns. Arrow keys walk the cells, Enter lists the examples." @keydown=${this.pressed}>
          <thead>
            <tr>
              <th scope="col">label ↓ said →</th>
              ${labels.map((label) => html`<th scope="col" title=${label}>${label}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${confusion.map((row, label) => html`<tr>
              <th scope="row" title=${labels[label]!}>${labels[label]!}</th>
              ${row.map((_, said) => this.cell({ label, said }))}
            </tr>`)}
          </tbody>
        </table>
      </div>
      <p class="readout" data-readout aria-live="polite">${this.pointed ? this.said(this.pointed) : html`<span class="muted">Point at a number for its share; click it for its examples.</span>`}</p>`;
  }

  private cell(cell: ConfusionCell): TemplateResult {
    const { at, chosen, confusion } = this;
    const row = confusion[cell.label]!;
    const count = row[cell.said]!;
    const total = row.reduce((sum, n) => sum + n, 0);
    const { theme } = this.themed;
    const shade = total === 0 ? 0 : count / total;
    // High contrast themes are left their own colours.
    const style = theme.highContrast || shade === 0 ? '' : `background: ${rampColor(theme.ramp, 0.3 * shade)}`;
    const isHere = at.label === cell.label && at.said === cell.said;
    return html`<td
      role="gridcell"
      class="number ${cell.label === cell.said ? 'right' : ''}"
      tabindex=${isHere ? 0 : -1}
      data-cell=${`${cell.label}-${cell.said}`}
      aria-selected=${chosen?.label === cell.label && chosen.said === cell.said}
      aria-label=${this.said(cell)}
      .style=${style}
      @focus=${() => { this.at = cell; this.pointed = cell; }}
      @pointerenter=${() => { this.pointed = cell; }}
      @pointerleave=${() => { this.pointed = null; }}
      @click=${() => { this.choose(cell); }}
    >
      ${count === 0 ? html`<span class="muted">0</span>` : count}
    </td>`;
  }

  private said({ label, said }: ConfusionCell): string {
    const row = this.confusion[label]!;
    const total = row.reduce((sum, n) => sum + n, 0);
    const part = total === 0 ? '' : ` (${share(row[said]! / total)})`;
    return `${row[said]!} of ${total} of “${this.labels[label]!}”${part} ${label === said ? 'are told right' : `are said to be “${this.labels[said]!}”`}`;
  }

  private choose(cell: ConfusionCell): void {
    const { chosen } = this;
    const again = chosen?.label === cell.label && chosen.said === cell.said;
    this.dispatchEvent(new CustomEvent<ConfusionCell | null>('choose', { detail: again || cell.label === cell.said ? null : cell }));
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const last = this.labels.length - 1;
    const { label, said } = this.at;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.choose(this.at);
      return;
    }
    const to = {
      ArrowRight: { label, said: Math.min(last, said + 1) },
      ArrowLeft: { label, said: Math.max(0, said - 1) },
      ArrowDown: { label: Math.min(last, label + 1), said },
      ArrowUp: { label: Math.max(0, label - 1), said },
      Home: { label, said: 0 },
      End: { label, said: last },
    }[event.key];
    if (!to) return;
    event.preventDefault();
    this.at = to;
    void this.updateComplete.then(() => { this.renderRoot.querySelector<HTMLElement>(`[data-cell="${to.label}-${to.said}"]`)?.focus(); });
  };
}
