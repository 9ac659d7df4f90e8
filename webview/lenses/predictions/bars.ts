import type { ChartConfiguration, Plugin } from 'chart.js';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Prediction } from '../../../src/lenses/predictions/contract';
import { sharedStyles } from '../../controls';
import { roundAxis } from '../../draw/axis';
import { fitText } from '../../draw/canvas';
import { ThemedChart } from '../../draw/charts';
import { formatPercent } from '../../format';
import { ThemeController, type Theme } from '../../theme';
import { visibleText } from '../../../src/text/visibleText';

const barHeight = 22;
const axisHeight = 24;

/** Writes each bar's probability behind its end. */
function barNumbers(theme: Theme): Plugin<'bar'> {
  return {
    id: 'barNumbers',
    afterDatasetsDraw: (chart) => {
      const { ctx, data, scales } = chart;
      const meta = chart.getDatasetMeta(0);
      ctx.save();
      ctx.font = `${theme.fontSize - 1}px ${theme.fontFamily}`;
      ctx.fillStyle = theme.foreground;
      ctx.textBaseline = 'middle';
      meta.data.forEach((bar, index) => {
        const probability = data.datasets[0]?.data[index] as number;
        ctx.fillText(formatPercent(probability / 100), Math.max(bar.x, scales['x']?.left ?? 0) + 6, bar.y);
      });
      ctx.restore();
    },
  };
}

function configuration(
  predictions: readonly Prediction[],
  theme: Theme,
  canvas: HTMLCanvasElement,
): ChartConfiguration<'bar', number[], string> {
  const axis = roundAxis(Math.max(...predictions.map(({ probability }) => probability)) * 100);
  const context = canvas.getContext('2d')!;
  context.font = `${theme.fontSize - 1}px ${theme.editorFontFamily}`;
  return {
    type: 'bar',
    data: {
      labels: predictions.map(({ token }) => fitText(context, visibleText(token), 104)),
      datasets: [
        {
          data: predictions.map(({ probability }) => probability * 100),
          backgroundColor: theme.data,
          borderRadius: 2,
          barThickness: 14,
        },
      ],
    },
    options: {
      indexAxis: 'y',
      responsive: true,
      maintainAspectRatio: false,
      animation: theme.reduceMotion ? false : { duration: 200 },
      // Room for the number behind the longest bar.
      layout: { padding: { right: 60 } },
      scales: {
        x: {
          beginAtZero: true,
          max: axis.end,
          border: { display: false },
          grid: { color: theme.grid, drawTicks: false },
          ticks: {
            color: theme.muted,
            stepSize: axis.step,
            autoSkipPadding: 8,
            maxRotation: 0,
            padding: 4,
            callback: (value) => `${Number(value)}\u202f%`,
          },
        },
        y: {
          border: { color: theme.border },
          grid: { display: false },
          ticks: { color: theme.foreground, autoSkip: false, padding: 4, font: { family: theme.editorFontFamily } },
        },
      },
    },
    plugins: [barNumbers(theme)],
  };
}

/** The most probable vocabulary entries as horizontal bars. */
@customElement('headlight-prediction-bars')
export class PredictionBars extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      div {
        position: relative;
        width: 100%;
        overflow: hidden;
      }
    `,
  ];

  @property({ attribute: false }) predictions: readonly Prediction[] = [];
  private readonly themed = new ThemeController(this);
  private readonly chart = new ThemedChart<'bar', number>();

  override render(): TemplateResult {
    const said = this.predictions.map(({ token, probability }) => `${visibleText(token)} ${formatPercent(probability)}`).join(', ');
    return html`<div .style=${`height: ${this.predictions.length * barHeight + axisHeight}px`}>
      <canvas role="img" aria-label="Probabilities: ${said}"></canvas>
    </div>`;
  }

  override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas')!;
    this.chart.update(canvas, this.themed.theme, configuration(this.predictions, this.themed.theme, canvas));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.chart.destroy();
  }
}
