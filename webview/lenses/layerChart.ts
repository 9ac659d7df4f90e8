import type { ChartConfiguration } from 'chart.js';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { hues } from '../../src/picture/hues';
import { sharedStyles } from '../controls';
import { ThemedChart } from '../draw/charts';
import { formatWeight } from '../format';
import { ThemeController, type Theme } from '../theme';
import { stateName } from './stateName';

/** A number for each hidden state, null where there is none. */
export interface LayerSeries {
  readonly name: string;
  readonly values: ArrayLike<number | null>;
}

/** What tells series apart without colour. */
const looks = [
  { dash: [], point: 'circle' },
  { dash: [6, 3], point: 'rect' },
  { dash: [2, 3], point: 'triangle' },
] as const;

/**
 * Numbers by hidden state as curves, up to three. Emits `choose` with the state as `detail` on a click.
 */
@customElement('headlight-layer-chart')
export class LayerChart extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .chart {
        position: relative;
        height: 180px;
        /* Or the canvas would hold a panel open that is made narrower. */
        overflow: hidden;
      }
      .readout {
        min-height: 1.4em;
        font-size: var(--headlight-small);
      }
      .name {
        white-space: nowrap;
      }
      .swatch {
        display: inline-block;
        width: 18px;
        margin: 0 4px 3px 8px;
        border-top: 2px solid;
      }
    `,
  ];

  @property({ attribute: false }) series: readonly LayerSeries[] = [];
  /** What the numbers are, along the axis. */
  @property() unit = '';
  @property() label = '';
  /** What to say while no layer is pointed at. */
  @property() hint = '';
  /** End the axis above the greatest number rather than at 1. */
  @property({ type: Boolean }) fitted = false;
  /** The state that is shown elsewhere. */
  @property({ attribute: false }) shown: number | null = null;
  @state() private pointed: number | null = null;
  private readonly themed = new ThemeController(this);
  private readonly chart = new ThemedChart<'line', number | null>();

  override render(): TemplateResult {
    const at = this.pointed ?? this.shown;
    return html`<div class="chart" @pointerleave=${() => { this.pointed = null; }}>
        <canvas role="img" aria-label=${this.label}></canvas>
      </div>
      <p class="readout">
        ${at === null ? html`<span class="muted">${this.hint}</span>` : html`${stateName(at)}:${this.series.map((one, index) => this.numberOf(one, index, at))}`}
      </p>`;
  }

  override updated(): void {
    this.chart.update(this.renderRoot.querySelector('canvas')!, this.themed.theme, this.configuration(this.themed.theme));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.chart.destroy();
  }

  private numberOf({ name, values }: LayerSeries, index: number, at: number): TemplateResult {
    const value = values[at] ?? null;
    const style = `border-color: ${this.colorOf(index)}; border-top-style: ${['solid', 'dashed', 'dotted'][index]!}`;
    const several = this.series.length > 1;
    return html` <span class="name">${several ? html`<span class="swatch" .style=${style}></span>${name} ` : nothing}<strong class="number">${value === null ? '–' : formatWeight(value)}</strong></span>`;
  }

  private colorOf(index: number): string {
    const { theme } = this.themed;
    return this.series.length === 1 ? theme.data : hues(theme.dark)[[4, 1, 0][index]!]!;
  }

  private configuration(theme: Theme): ChartConfiguration<'line', (number | null)[], string> {
    const { series } = this;
    const marked = this.pointed ?? this.shown;
    const states = series[0]?.values.length ?? 0;
    const all = series.flatMap(({ values }) => Array.from(values).filter((value) => value !== null));
    const axis = { grid: { color: theme.grid }, border: { color: theme.border }, ticks: { color: theme.muted } };
    return {
      type: 'line',
      data: {
        labels: Array.from({ length: states }, (_, at) => (at === 0 ? 'Emb.' : String(at - 1))),
        datasets: series.map(({ values }, index) => {
          const color = this.colorOf(index);
          const radius = Array.from({ length: states }, (_, at) => (at === marked ? 6 : 4));
          return {
            data: Array.from(values),
            // Points at 1 stay round.
            clip: false as const,
            borderColor: color,
            borderDash: [...looks[index]!.dash],
            borderWidth: 2,
            backgroundColor: color,
            pointStyle: looks[index]!.point,
            pointBackgroundColor: radius.map((_, at) => (at === marked ? theme.foreground : color)),
            pointRadius: radius,
            pointHoverRadius: radius,
          };
        }),
      },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        animation: theme.reduceMotion ? false : { duration: 300 },
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: { ...axis, ticks: { ...axis.ticks, maxRotation: 0 }, title: { display: true, text: 'after layer', color: theme.muted } },
          y: { ...axis, min: Math.min(0, Math.floor(Math.min(...all, 0) * 10) / 10), ...(this.fitted ? { suggestedMax: 0.01 } : { max: 1 }), title: { display: true, text: this.unit, color: theme.muted } },
        },
        onHover: (_, [element]) => { this.pointed = element?.index ?? null; },
        onClick: (_, [element]) => { if (element) this.dispatchEvent(new CustomEvent<number>('choose', { detail: element.index })); },
      },
    };
  }
}
