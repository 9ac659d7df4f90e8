import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { rampColor } from '../../src/picture/ramp';
import { sharedStyles } from '../controls';
import { moveInGrid } from '../draw/grid';
import { inksOf } from '../draw/ink';
import { memoize } from '../memoize';
import { ThemeController, type Theme } from '../theme';

/** A number of one head. */
export interface HeadCell {
  /** Place on the colour scale, 0–1, or −1 to 1 on a diverging one; null for a head of which nothing is known yet. */
  readonly share: number | null;
  /** What stands in the cell; may be empty. */
  readonly text: string;
  /** The same in words. */
  readonly label: string;
}

/**
 * All heads with a number of each as its colour: a row for each layer, a column for each head, walked by arrow keys. Emits
 * `choose` with `layer · heads + head`.
 */
@customElement('headlight-heads-grid')
export class HeadsGrid extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .scroller {
        overflow-x: auto;
      }
      table {
        width: auto;
        min-width: 100%;
        max-width: 640px;
        table-layout: fixed;
        border-collapse: separate;
        border-spacing: 1px;
      }
      th,
      td {
        padding: 0;
        border: none;
        font-weight: normal;
        text-align: center;
      }
      .corner {
        width: 20px;
      }
      button {
        display: block;
        width: 100%;
        min-width: 18px;
        height: 22px;
        padding: 0;
        border: 1px solid transparent;
        border-radius: 2px;
        font: inherit;
        font-size: 10px;
        color: inherit;
        font-variant-numeric: tabular-nums;
        cursor: pointer;
      }
      button[aria-pressed='true'] {
        border-color: var(--vscode-focusBorder);
        box-shadow: inset 0 0 0 1px var(--vscode-editor-background);
      }
      button.white {
        color: #fff;
      }
      button.black {
        color: #000;
      }
    `,
  ];

  @property({ attribute: false }) layers = 0;
  @property({ attribute: false }) heads = 0;
  /** `[layer, head]` */
  @property({ attribute: false }) cells: readonly HeadCell[] = [];
  @property({ attribute: false }) chosen = 0;
  @property() caption = '';
  /** Whether numbers below 0 have a colour of their own. */
  @property({ type: Boolean }) diverging = false;
  /** An arrow key asked for another head, which the focus goes to once it is chosen. */
  private walked = false;
  private readonly themed = new ThemeController(this);
  private readonly paintsOf = memoize((theme: Theme, diverging: boolean) =>
    (diverging ? [theme.diverging.below, theme.diverging.above] : [theme.ramp, theme.ramp]).map((ramp) => ({ ramp, inks: inksOf(ramp, theme.foreground) })));

  override render(): TemplateResult {
    const { cells, chosen, heads, layers, themed: { theme } } = this;
    const [below, above] = this.paintsOf(theme, this.diverging);
    const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
    return html`<div class="scroller">
      <table @keydown=${this.moved}>
        <caption class="visually-hidden">
          ${this.caption}
        </caption>
        <thead>
          <tr>
            <td class="corner"></td>
            ${range(heads).map((head) => html`<th scope="col" title="Head ${head}">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${range(layers).map((layer) => html`<tr>
            <th scope="row" title="Layer ${layer}">${layer}</th>
            ${range(heads).map((head) => {
              const at = layer * heads + head;
              const { label, share, text } = cells[at]!;
              const { ramp, inks } = (share ?? 0) < 0 ? below! : above!;
              const strength = Math.abs(share ?? 0);
              return html`<td>
                <button
                  type="button"
                  class=${inks[Math.round(strength * 255)]!}
                  .style=${`background: ${share === null ? 'none' : rampColor(ramp, strength)}`}
                  tabindex=${at === chosen ? 0 : -1}
                  aria-pressed=${at === chosen}
                  aria-label=${label}
                  title=${label}
                  data-head=${`${layer}.${head}`}
                  @click=${() => { this.choose(at); }}
                >${text}</button>
              </td>`;
            })}
          </tr>`)}
        </tbody>
      </table>
    </div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!this.walked || !changed.has('chosen')) return;
    this.walked = false;
    this.renderRoot.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  }

  private choose(at: number): void {
    this.dispatchEvent(new CustomEvent<number>('choose', { detail: at }));
  }

  private readonly moved = (event: KeyboardEvent): void => {
    const { chosen, heads, layers } = this;
    const to = moveInGrid(event.key, { row: Math.floor(chosen / heads), column: chosen % heads }, layers, heads);
    if (!to) return;
    event.preventDefault();
    this.walked = true;
    this.choose(to.row * heads + to.column);
  };
}
