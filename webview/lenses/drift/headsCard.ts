import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Drift } from '../../../src/lenses/drift/contract';
import { headsOf } from '../../../src/lenses/drift/tables';
import { level } from '../../../src/picture/ramp';
import { button, iconButton, sharedStyles } from '../../controls';
import { memoize } from '../../memoize';
import { ThemeController } from '../../theme';
import { legendStyles, scaleLegend } from '../attention/legend';
import '../headsGrid';
import type { HeadCell } from '../headsGrid';
import { driftText } from './driftText';
import type { HeadNumber } from './viewState';

/** Heads of the list below the grid. */
const listed = 5;

const numbers: Readonly<Record<HeadNumber, { readonly label: string; readonly unit: string; readonly says: string }>> = {
  divergence: {
    label: 'Divergence',
    unit: 'bits',
    says: 'Jensen–Shannon divergence of the two rows of attention of each token, the mean over all tokens: 0 bits where they are the same, 1 where they share no token.',
  },
  difference: { label: 'Difference', unit: 'of weight', says: 'The mean absolute difference of two weights, over all pairs of tokens.' },
};

type DriftOfHead = ReturnType<typeof headsOf>[number];

/**
 * How far each head’s attention moved: a grid of heads, and those that moved most in a list. Emits `number` with the number
 * that is chosen, and `open` with `{ layer, head }`.
 */
@customElement('headlight-drift-heads')
export class DriftHeads extends LitElement {
  static override styles = [
    sharedStyles,
    legendStyles,
    css`
      @container (min-width: 480px) {
        .card {
          padding: 12px;
        }
      }
      .open {
        width: 1%;
        padding: 2px 0 2px 4px;
      }
    `,
  ];

  @property({ attribute: false }) drift!: Drift;
  @property() number: HeadNumber = 'divergence';
  /** Show all heads as a list in place of the grid. */
  @property({ type: Boolean }) table = false;
  /** Line that a head is opened over, as the document counts. */
  @property({ attribute: false }) line = 1;
  /** `layer · heads + head`; the one that moved most until the reader chooses. */
  @state() private chosen: number | null = null;
  private readonly themed = new ThemeController(this);
  private readonly rankedOf = memoize((drift: Drift, number: HeadNumber) => headsOf(drift).sort((a, b) => b[number] - a[number]));

  override render(): TemplateResult {
    const { drift, number, table } = this;
    const ranked = this.rankedOf(drift, number);
    return html`<section class="card stack" aria-label="Heads">
      <div class="bar spread">
        <h2>Heads</h2>
        <headlight-segmented
          label="Number of a head"
          .value=${number}
          .segments=${Object.entries(numbers).map(([value, { label }]) => ({ value, label }))}
          @choose=${({ detail }: CustomEvent<HeadNumber>) => { this.dispatchEvent(new CustomEvent('number', { detail })); }}
        ></headlight-segmented>
      </div>
      <p class="muted small">${numbers[number].says}</p>
      ${table
        ? this.list(ranked, 'All heads, those that moved most first')
        : html`${this.grid(ranked)} ${this.list(ranked.slice(0, listed), `The ${Math.min(listed, ranked.length)} heads that moved most`)}`}
    </section>`;
  }

  private grid(ranked: readonly DriftOfHead[]): TemplateResult {
    const { drift, number, themed: { theme } } = this;
    const { heads, layers } = drift.model;
    const all = headsOf(drift);
    const [first] = ranked as [DriftOfHead];
    const most = first[number];
    const chosen = this.chosen !== null && this.chosen < all.length ? this.chosen : first.layer * heads + first.head;
    const cells = all.map((one): HeadCell => ({ share: level(one[number], most), text: '', label: this.described(one) }));
    return html`<headlight-heads-grid
        .layers=${layers}
        .heads=${heads}
        .cells=${cells}
        .chosen=${chosen}
        .caption=${`${numbers[number].label} of attention, a row for each layer, a column for each head`}
        @choose=${({ detail }: CustomEvent<number>) => { this.chosen = detail; }}
      ></headlight-heads-grid>
      ${most > 0 ? scaleLegend(theme.ramp, most, numbers[number].unit, driftText) : nothing}
      <div class="bar spread" data-chosen>
        <span class="small">${this.described(all[chosen]!)}</span>
        ${button({ label: `Open both over line ${this.line}`, onClick: () => { this.open(all[chosen]!); } })}
      </div>`;
  }

  private list(heads: readonly DriftOfHead[], caption: string): TemplateResult {
    return html`<table>
      <caption class="visually-hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">Head</th>
          <th scope="col" class="number">Divergence, bits</th>
          <th scope="col" class="number">Difference</th>
          <th scope="col" class="open"><span class="visually-hidden">Open</span></th>
        </tr>
      </thead>
      <tbody>
        ${heads.map((one) => html`<tr data-ranked=${`${one.layer}.${one.head}`}>
          <th scope="row" title="Layer ${one.layer}, head ${one.head}">${one.layer}.${one.head}</th>
          <td class="number">${driftText(one.divergence)}</td>
          <td class="number">${driftText(one.difference)}</td>
          <td class="open">${iconButton({ label: `Open both over line ${this.line}: layer ${one.layer}, head ${one.head}`, icon: 'arrow-right', onClick: () => { this.open(one); } })}</td>
        </tr>`)}
      </tbody>
    </table>`;
  }

  private described({ layer, head, difference, divergence }: DriftOfHead): string {
    return `Layer ${layer}, head ${head}: divergence ${driftText(divergence)} bits, difference ${driftText(difference)}`;
  }

  private open({ layer, head }: DriftOfHead): void {
    this.dispatchEvent(new CustomEvent('open', { detail: { layer, head } }));
  }
}
