import type { ChartConfiguration, Point } from 'chart.js';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MapPoint, Senses } from '../../../src/lenses/senses/contract';
import { sharedStyles } from '../../controls';
import { ThemedChart } from '../../draw/charts';
import { markerOf } from '../../draw/markers';
import { ThemeController, type Theme } from '../../theme';

/** Indexes of the occurrences of each sense; a dataset of the chart each. */
function membersOf(senses: Senses): number[][] {
  return senses.senses.map((_, sense) =>
    senses.occurrences.flatMap((occurrence, index) => (occurrence?.sense === sense ? [index] : [])),
  );
}

/**
 * Occurrences as points between −1 and 1; when `points` changes they move from where they were.
 * Emits `point` with an occurrence's index, or null, as `detail` while pointing, and `choose` with the index on a click.
 */
@customElement('headlight-sense-map')
export class SenseMap extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      div {
        position: relative;
        height: 220px;
        overflow: hidden;
        border: 1px solid var(--headlight-border);
        border-radius: 4px;
      }
    `,
  ];

  @property({ attribute: false }) senses!: Senses;
  /** In the order of the occurrences; null for one without a place. */
  @property({ attribute: false }) points: readonly (MapPoint | null)[] = [];
  @property({ type: Number }) current = -1;
  @property({ attribute: false }) pointed: number | null = null;
  @property() label = '';
  private readonly themed = new ThemeController(this);
  private readonly chart = new ThemedChart<'scatter', Point>();

  override render(): TemplateResult {
    return html`<div><canvas role="img" aria-label=${this.label}></canvas></div>`;
  }

  override updated(): void {
    this.chart.update(this.renderRoot.querySelector('canvas')!, this.themed.theme, this.configuration(this.themed.theme));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.chart.destroy();
  }

  private configuration(theme: Theme): ChartConfiguration<'scatter', Point[], string> {
    const members = membersOf(this.senses);
    const axis = {
      min: -1.15,
      max: 1.15,
      display: false,
    };
    return {
      type: 'scatter',
      data: {
        datasets: members.map((indexes, sense) => {
          const { shape, color } = markerOf(sense);
          const stroked = ['cross', 'crossRot', 'star', 'dash'].includes(shape.name);
          const radius = indexes.map((index) => 6 + (index === this.current ? 3 : 0) + (index === this.pointed ? 2 : 0));
          const marked = (index: number): boolean => index === this.current || index === this.pointed;
          return {
            data: indexes.map((index) => {
              const { x, y } = this.points[index] ?? { x: NaN, y: NaN };
              return { x, y };
            }),
            pointStyle: shape.name,
            backgroundColor: color,
            borderColor: stroked ? color : indexes.map((index) => (marked(index) ? theme.foreground : theme.background)),
            borderWidth: stroked ? 2 : indexes.map((index) => (marked(index) ? 2 : 1)),
            radius,
            hoverRadius: radius,
          };
        }),
      },
      options: {
        responsive: true,
        maintainAspectRatio: false,
        animation: theme.reduceMotion ? false : { duration: 500 },
        scales: { x: axis, y: axis },
        interaction: { mode: 'nearest', intersect: true },
        onHover: (_, elements) => { this.emit('point', this.occurrenceOf(members, elements[0])); },
        onClick: (_, elements) => {
          const index = this.occurrenceOf(members, elements[0]);
          if (index !== null) this.emit('choose', index);
        },
      },
    };
  }

  private occurrenceOf(members: number[][], element: { datasetIndex: number; index: number } | undefined): number | null {
    return element ? (members[element.datasetIndex]?.[element.index] ?? null) : null;
  }

  private emit(name: 'point' | 'choose', detail: number | null): void {
    if (name === 'choose' || detail !== this.pointed) this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
