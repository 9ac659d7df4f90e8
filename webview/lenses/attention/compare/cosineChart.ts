import type { ChartConfiguration } from 'chart.js';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { sharedStyles } from '../../../controls';
import { ThemedChart } from '../../../draw/charts';
import { formatWeight } from '../../../format';
import { ThemeController, type Theme } from '../../../theme';
import { stateName } from './cosineTexts';

/** The cosine of a word's vectors in two texts, layer by layer. */
@customElement('headlight-cosine-chart')
export class CosineChart extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .chart {
        position: relative;
        height: 180px;
      }
      .readout {
        min-height: 1.4em;
        font-size: var(--headlight-small);
      }
    `,
  ];

  @property({ attribute: false }) cosines!: Float32Array;
  @property() label = '';
  @state() private pointed: number | null = null;
  private readonly themed = new ThemeController(this);
  private readonly chart = new ThemedChart<'line', number>();

  override render(): TemplateResult {
    const { pointed } = this;
    return html`<div class="chart" @pointerleave=${() => { this.pointed = null; }}>
        <canvas role="img" aria-label=${this.label}></canvas>
      </div>
      <p class="readout">
        ${pointed === null
          ? html`<span class="muted">Point at a layer for its cosine; “Show as table” lists them.</span>`
          : html`${stateName(pointed)} <strong class="number">${formatWeight(this.cosines[pointed]!)}</strong>`}
      </p>`;
  }

  override updated(): void {
    this.chart.update(this.renderRoot.querySelector('canvas')!, this.themed.theme, this.configuration(this.themed.theme));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.chart.destroy();
  }

  private configuration(theme: Theme): ChartConfiguration<'line', number[], string> {
    const { cosines, pointed } = this;
    const marked = (state: number): boolean => state === pointed;
    const radius = Array.from(cosines, (_, at) => (marked(at) ? 6 : 4));
    const axis = { grid: { color: theme.grid }, border: { color: theme.border }, ticks: { color: theme.muted } };
    return {
      type: 'line',
      data: {
        labels: Array.from(cosines, (_, at) => (at === 0 ? 'Emb.' : String(at - 1))),
        datasets: [{
          data: [...cosines],
          // Points at 1 stay round.
          clip: false,
          borderColor: theme.data,
          borderWidth: 2,
          backgroundColor: theme.data,
          pointBackgroundColor: Array.from(cosines, (_, at) => (marked(at) ? theme.foreground : theme.data)),
          pointRadius: radius,
          pointHoverRadius: radius,
        }],
      },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        animation: theme.reduceMotion ? false : { duration: 300 },
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: { ...axis, ticks: { ...axis.ticks, maxRotation: 0 }, title: { display: true, text: 'after layer', color: theme.muted } },
          y: { ...axis, min: Math.min(0, Math.floor(Math.min(...cosines) * 10) / 10), max: 1, title: { display: true, text: 'cosine', color: theme.muted } },
        },
        onHover: (_, [element]) => { this.pointed = element?.index ?? null; },
      },
    };
  }
}
