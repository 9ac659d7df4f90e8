import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Crossing } from '../../../../src/lenses/nextSentence/crossingContract';
import { type CrossingHead, crossingHeads, type Direction } from '../../../../src/lenses/nextSentence/crossingHeads';
import { rampColor } from '../../../../src/picture/ramp';
import { button, iconButton, sharedStyles } from '../../../controls';
import { moveInGrid } from '../../../draw/grid';
import { inksOf } from '../../../draw/ink';
import { formatPercent } from '../../../format';
import { memoize } from '../../../memoize';
import { ThemeController, type Theme } from '../../../theme';
import { rankedHeads } from './rankedHeads';

/** Heads of the list below the grid. */
const listed = 5;

const arrows: Readonly<Record<Direction, string>> = { firstToSecond: 'A→B', secondToFirst: 'B→A' };
const inWords: Readonly<Record<Direction, string>> = { firstToSecond: 'from A to B', secondToFirst: 'from B to A' };

const placeOf = ({ layer, head }: CrossingHead): string => `${layer}.${head}`;

/**
 * How much of each head's attention crosses between two sentences: a grid of heads, and the first of them in a list.
 * Emits `direction` with the one that is chosen, and `open` with `{ layer, head }`.
 */
@customElement('headlight-crossing')
export class CrossingView extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .scroller {
        overflow-x: auto;
      }
      .heads {
        width: auto;
        min-width: 100%;
        max-width: 640px;
        table-layout: fixed;
        border-collapse: separate;
        border-spacing: 1px;
      }
      .heads th,
      .heads td {
        padding: 0;
        border: none;
        font-weight: normal;
        text-align: center;
      }
      .heads .corner {
        width: 20px;
      }
      .heads button {
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
      .heads button[aria-pressed='true'] {
        border-color: var(--vscode-focusBorder);
        box-shadow: inset 0 0 0 1px var(--vscode-editor-background);
      }
      .heads button.white {
        color: #fff;
      }
      .heads button.black {
        color: #000;
      }
      .list th,
      .list td.number {
        padding-left: 4px;
        white-space: normal;
      }
      .list th:first-child {
        padding-left: 0;
      }
      .list .open {
        width: 1%;
        padding: 2px 0 2px 4px;
      }
    `,
  ];

  @property({ attribute: false }) crossing!: Crossing;
  @property() direction: Direction = 'firstToSecond';
  /** Show all heads as a list in place of the grid. */
  @property({ type: Boolean }) table = false;
  /** `layer · heads + head`; the one that crosses most until the reader chooses. */
  @state() private chosen: number | null = null;
  private readonly themed = new ThemeController(this);
  private readonly inksOf = memoize((theme: Theme) => inksOf(theme.ramp, theme.foreground));
  private readonly headsOf = memoize(crossingHeads);

  override render(): TemplateResult {
    const { crossing, direction, table } = this;
    const ranked = rankedHeads(crossing, direction);
    const { firstToSecond, secondToFirst } = crossing.even;
    return html`<div class="stack">
      <div class="bar spread">
        <h3>Attention between A and B</h3>
        <headlight-segmented
          label="Direction"
          .value=${direction}
          .segments=${Object.entries(arrows).map(([value, label]) => ({ value, label }))}
          @choose=${({ detail }: CustomEvent<string>) => { this.dispatchEvent(new CustomEvent('direction', { detail })); }}
        ></headlight-segmented>
      </div>
      <p class="muted small">
        The share of each head’s attention that goes ${inWords[direction]}, in per cent: special tokens are left out and the rest is
        renormalised. Attention without a preference would send ${formatPercent(firstToSecond)} from A to B and
        ${formatPercent(secondToFirst)} from B to A. It says where the model looks, and is no proof of what carries its decision.
      </p>
      ${table ? this.list(ranked, `All heads, those that cross most ${inWords[direction]} first`) : html`${this.grid(ranked)} ${this.list(ranked.slice(0, listed), `The ${listed} heads that cross most ${inWords[direction]}`)}`}
    </div>`;
  }

  private grid(ranked: readonly CrossingHead[]): TemplateResult {
    const { crossing: { heads, layers }, direction, themed: { theme } } = this;
    const all = this.headsOf(this.crossing);
    const inks = this.inksOf(theme);
    const chosen = this.chosenOf(ranked);
    const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
    return html`<div class="scroller">
        <table class="heads" @keydown=${this.moved}>
          <caption class="visually-hidden">
            Share that goes ${inWords[direction]}, a row for each layer, a column for each head
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
                const one = all[at]!;
                const share = Number.isNaN(one[direction]) ? 0 : one[direction];
                return html`<td>
                  <button
                    type="button"
                    class=${inks[Math.round(share * 255)]!}
                    .style=${`background: ${rampColor(theme.ramp, share)}`}
                    tabindex=${at === chosen ? 0 : -1}
                    aria-pressed=${at === chosen}
                    aria-label=${described(one, direction)}
                    title=${described(one, direction)}
                    data-head=${placeOf(one)}
                    @click=${() => { this.chosen = at; }}
                  >${Number.isNaN(one[direction]) ? '–' : Math.round(share * 100)}</button>
                </td>`;
              })}
            </tr>`)}
          </tbody>
        </table>
      </div>
      <div class="bar spread" data-chosen>
        <span class="small">${described(all[chosen]!, direction)}</span>
        ${button({ label: 'Open in the attention view', onClick: () => { this.open(all[chosen]!); } })}
      </div>`;
  }

  private list(heads: readonly CrossingHead[], caption: string): TemplateResult {
    return html`<table class="list">
      <caption class="visually-hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">Head</th>
          ${Object.values(arrows).map((arrow) => html`<th scope="col" class="number">${arrow}</th>`)}
          <th scope="col" class="number" title="What special tokens leave of its attention: of little, a share says little">On words</th>
          <th scope="col" class="open"><span class="visually-hidden">Open</span></th>
        </tr>
      </thead>
      <tbody>
        ${heads.map((one) => html`<tr data-ranked=${placeOf(one)}>
          <th scope="row" title="Layer ${one.layer}, head ${one.head}">${placeOf(one)}</th>
          <td class="number">${formatPercent(one.firstToSecond)}</td>
          <td class="number">${formatPercent(one.secondToFirst)}</td>
          <td class="number">${formatPercent(one.onWords)}</td>
          <td class="open">${iconButton({ label: `Open in the attention view: layer ${one.layer}, head ${one.head}`, icon: 'arrow-right', onClick: () => { this.open(one); } })}</td>
        </tr>`)}
      </tbody>
    </table>`;
  }

  private open({ layer, head }: CrossingHead): void {
    this.dispatchEvent(new CustomEvent('open', { detail: { layer, head } }));
  }

  private chosenOf([first]: readonly CrossingHead[]): number {
    const { heads, layers } = this.crossing;
    if (this.chosen !== null && this.chosen < layers * heads) return this.chosen;
    return first ? first.layer * heads + first.head : 0;
  }

  private readonly moved = (event: KeyboardEvent): void => {
    const { heads, layers } = this.crossing;
    const at = this.chosenOf(rankedHeads(this.crossing, this.direction));
    const to = moveInGrid(event.key, { row: Math.floor(at / heads), column: at % heads }, layers, heads);
    if (!to) return;
    event.preventDefault();
    this.chosen = to.row * heads + to.column;
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>('.heads [aria-pressed="true"]')?.focus();
    });
  };
}

function described({ layer, head, onWords, ...shares }: CrossingHead, direction: Direction): string {
  return `Layer ${layer}, head ${head}: ${formatPercent(shares[direction])} ${inWords[direction]}; ${formatPercent(onWords)} of its attention is on words`;
}
