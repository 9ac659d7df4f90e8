import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Crossing } from '../../../../src/lenses/nextSentence/crossingContract';
import { type CrossingHead, crossingHeads, type Direction } from '../../../../src/lenses/nextSentence/crossingHeads';
import { button, iconButton, sharedStyles } from '../../../controls';
import { formatPercent } from '../../../format';
import { memoize } from '../../../memoize';
import '../../headsGrid';
import type { HeadCell } from '../../headsGrid';
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
    const { crossing: { heads, layers }, direction } = this;
    const all = this.headsOf(this.crossing);
    const chosen = this.chosenOf(ranked);
    const cells = all.map((one): HeadCell => {
      const share = one[direction];
      const isThere = !Number.isNaN(share);
      return { share: isThere ? share : 0, text: isThere ? String(Math.round(share * 100)) : '–', label: described(one, direction) };
    });
    return html`<headlight-heads-grid
        .layers=${layers}
        .heads=${heads}
        .cells=${cells}
        .chosen=${chosen}
        .caption=${`Share that goes ${inWords[direction]}, a row for each layer, a column for each head`}
        @choose=${({ detail }: CustomEvent<number>) => { this.chosen = detail; }}
      ></headlight-heads-grid>
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
}

function described({ layer, head, onWords, ...shares }: CrossingHead, direction: Direction): string {
  return `Layer ${layer}, head ${head}: ${formatPercent(shares[direction])} ${inWords[direction]}; ${formatPercent(onWords)} of its attention is on words`;
}
