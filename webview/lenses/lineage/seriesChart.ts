import type { ChartConfiguration } from 'chart.js';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { sharedStyles } from '../../controls';
import { ThemedChart } from '../../draw/charts';
import { ThemeController, type Theme } from '../../theme';

/** Numbers at the places of the horizontal axis, null where there is none. */
export interface ChartSeries {
  /** Empty for one that belongs to another's name. */
  readonly name: string;
  readonly color: string;
  readonly point: 'circle' | 'rect' | 'triangle';
  readonly dash: readonly number[];
  readonly values: readonly (number | null)[];
  /** What the readout says of a place. */
  readonly said: (place: number) => string;
}

/** Series that the readout keeps room for. */
const roomFor = 3;

/** Lines over places side by side, with a readout of the place that is pointed at, by pointer or by arrow keys. */
@customElement('headlight-series-chart')
export class SeriesChart extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .chart {
        position: relative;
        height: 220px;
        /* Or the canvas would hold a panel open that is made narrower. */
        overflow: hidden;
      }
      .legend,
      .readout {
        display: grid;
        grid-template-columns: auto auto minmax(0, 1fr);
        gap: 0 8px;
        align-items: center;
        font-size: var(--headlight-small);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        margin-bottom: 4px;
      }
      .legend li {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .readout {
        align-content: start;
      }
      .readout > .place {
        grid-column: 1 / -1;
      }
      svg {
        display: block;
        flex: none;
      }
    `,
  ];

  @property({ attribute: false }) labels: readonly string[] = [];
  @property({ attribute: false }) series: readonly ChartSeries[] = [];
  /** What stands along the axes. */
  @property() across = '';
  @property() up = '';
  /** Where the vertical axis ends at least. */
  @property({ type: Number }) most = 0;
  /** Beyond which there are no numbers. */
  @property({ type: Number }) limit = Infinity;
  @property() label = '';
  /** What to say while no place is pointed at. */
  @property() hint = '';
  /** A place in words. */
  @property({ attribute: false }) placeName: (place: number) => string = (place) => this.labels[place] ?? '';
  @state() private pointed: number | null = null;
  private readonly themed = new ThemeController(this);
  private readonly chart = new ThemedChart<'line', number | null>();

  override render(): TemplateResult {
    const { labels, pointed } = this;
    const series = this.series.filter(({ name }) => name !== '');
    // Room for what is said of a place, so that little below moves.
    const mostSaid = Math.max(0, ...labels.map((_, place) => series.filter(({ values }) => (values[place] ?? null) !== null).length));
    const at = pointed !== null && pointed < labels.length ? pointed : null;
    return html`${series.length > 1 ? html`<ul class="legend">${series.map((one) => html`<li>${swatch(one)}${one.name}</li>`)}</ul>` : nothing}
      <div
        class="chart"
        tabindex="0"
        role="application"
        aria-label="${this.label} Arrow keys walk the places."
        @pointerleave=${() => { this.pointed = null; }}
        @blur=${() => { this.pointed = null; }}
        @keydown=${this.pressed}
      >
        <canvas role="img" aria-label=${this.label}></canvas>
      </div>
      <div class="readout" data-readout aria-live="polite" .style=${`min-height: ${1.5 * (1 + Math.min(mostSaid, roomFor))}em`}>
        ${at === null
          ? html`<span class="muted place">${this.hint}</span>`
          : html`<span class="place">${this.placeName(at)}</span>${series.map((one) => {
              const value = one.values[at] ?? null;
              return value === null ? nothing : html`${swatch(one)}<span>${one.name}</span><span class="number">${one.said(at)}</span>`;
            })}`}
      </div>`;
  }

  override updated(): void {
    this.chart.update(this.renderRoot.querySelector('canvas')!, this.themed.theme, this.configuration(this.themed.theme));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.chart.destroy();
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const last = this.labels.length - 1;
    const at = this.pointed;
    const to = { ArrowRight: (at ?? -1) + 1, ArrowLeft: (at ?? last + 1) - 1, Home: 0, End: last }[event.key];
    if (event.key === 'Escape') this.pointed = null;
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.pointed = Math.min(last, Math.max(0, to));
  };

  private configuration(theme: Theme): ChartConfiguration<'line', (number | null)[], string> {
    const { labels, pointed, series } = this;
    const axis = { grid: { color: theme.grid }, border: { color: theme.border } };
    // Where points stand closer than they are wide, only the one that is pointed at is drawn.
    const largest = Math.max(0, ...series.flatMap(({ values }) => values.filter((value) => value !== null)));
    const usual = labels.length > 24 ? 0 : 4;
    return {
      type: 'line',
      data: {
        labels: [...labels],
        datasets: series.map(({ color, dash, point, values }) => ({
          data: [...values],
          clip: false as const,
          borderColor: color,
          borderDash: [...dash],
          borderWidth: 2,
          backgroundColor: color,
          pointStyle: point,
          pointBackgroundColor: labels.map((_, at) => (at === pointed ? theme.foreground : dash.length > 0 ? theme.background : color)),
          pointBorderColor: color,
          pointRadius: labels.map((_, at) => (at === pointed ? 6 : usual)),
          pointHoverRadius: 6,
        })),
      },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        animation: theme.reduceMotion ? false : { duration: 200 },
        interaction: { mode: 'index', intersect: false },
        scales: {
          x: { ...axis, ticks: { color: theme.muted, maxRotation: 0, autoSkipPadding: 8 }, title: { display: true, text: this.across, color: theme.muted } },
          y: { ...axis, min: 0, suggestedMax: this.most, ...(largest > 0.9 * this.limit && { max: this.limit }), ticks: { color: theme.muted }, title: { display: true, text: this.up, color: theme.muted } },
        },
        onHover: (_, [element]) => { this.pointed = element?.index ?? null; },
      },
    };
  }
}

/** A piece of the line with its point. */
function swatch({ color, dash, point }: ChartSeries): TemplateResult {
  const hollow = dash.length > 0;
  const paths = { circle: 'M14 2a4 4 0 1 1 0 8a4 4 0 1 1 0-8z', rect: 'M10 2h8v8h-8z', triangle: 'M14 1l5 9h-10z' };
  return html`<svg width="28" height="12" viewBox="0 0 28 12" aria-hidden="true">
    <line x1="0" x2="28" y1="6" y2="6" stroke=${color} stroke-width="2" stroke-dasharray=${dash.join(' ')}></line>
    <path d=${paths[point]} stroke=${color} fill=${hollow ? 'var(--vscode-editor-background)' : color}></path>
  </svg>`;
}
