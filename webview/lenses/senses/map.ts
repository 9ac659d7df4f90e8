import type { ChartConfiguration, Point } from 'chart.js';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { MapPoint, Senses } from '../../../src/lenses/senses/contract';
import { sharedStyles } from '../../controls';
import { ThemedChart } from '../../draw/charts';
import { drawMapLabels, markRadius } from '../../draw/mapLabels';
import { markerOf } from '../../draw/markers';
import { ThemeController, type Theme } from '../../theme';
import type { MapWord } from './furtherWords';

/** Indexes of the occurrences of each sense; a dataset of the chart each. */
function membersOf(senses: Senses): number[][] {
  return senses.senses.map((_, sense) =>
    senses.occurrences.flatMap((occurrence, index) => (occurrence?.sense === sense ? [index] : [])),
  );
}

/** One place of a further word: index of the word, and of the place. */
export type WordPoint = readonly [word: number, place: number];

/**
 * Occurrences as points between −1 and 1, and further words as numbered rings; when the points change they move from
 * where they were. Emits `point` with an occurrence's index, or null, as `detail` while pointing, and `choose` with the
 * index on a click; `pointWord` and `chooseWord` with a `WordPoint` for further words.
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
  @property({ attribute: false }) words: readonly MapWord[] = [];
  /** How far from the middle the farthest point lies that must be in view. */
  @property({ type: Number }) reach = 1;
  @property({ type: Number }) current = -1;
  @property({ attribute: false }) pointed: number | null = null;
  @property({ attribute: false }) pointedWord: WordPoint | null = null;
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
      min: -1.15 * this.reach,
      max: 1.15 * this.reach,
      display: false,
    };
    return {
      type: 'scatter',
      data: {
        datasets: [...members.map((indexes, sense) => {
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
        }), this.wordMarks(theme)],
      },
      plugins: [{ id: 'words', afterDatasetsDraw: (chart) => {
        const marks = chart.getDatasetMeta(this.senses.senses.length).data;
        const labels = this.wordPoints().map(([word, place], at) => {
          const { number, label } = this.words[word]!;
          return { x: marks[at]?.x ?? NaN, y: marks[at]?.y ?? NaN, number: String(number), label: place === 0 ? label : null };
        });
        const all = chart.data.datasets.flatMap((_, dataset) => chart.getDatasetMeta(dataset).data);
        drawMapLabels(chart.ctx, labels, all, chart, this.themed.theme);
      } }],
      options: {
        responsive: true,
        maintainAspectRatio: false,
        animation: theme.reduceMotion ? false : { duration: 500 },
        scales: { x: axis, y: axis },
        interaction: { mode: 'nearest', intersect: true },
        onHover: (_, elements) => {
          this.emit('point', this.occurrenceOf(members, elements[0]));
          this.pointWord(this.wordOf(elements[0]));
        },
        onClick: (_, elements) => {
          const word = this.wordOf(elements[0]);
          if (word) this.dispatchEvent(new CustomEvent('chooseWord', { detail: word }));
          const index = this.occurrenceOf(members, elements[0]);
          if (index !== null) this.emit('choose', index);
        },
      },
    };
  }

  /** All places of further words, in the order of their marks. */
  private wordPoints(): WordPoint[] {
    return this.words.flatMap(({ points }, word) => points.map((_, place): WordPoint => [word, place]));
  }

  /** Rings on top of the occurrences, of no sense's colour. */
  private wordMarks(theme: Theme): ChartConfiguration<'scatter', Point[], string>['data']['datasets'][0] {
    const places = this.wordPoints();
    const isPointed = ([word, place]: WordPoint): boolean => word === this.pointedWord?.[0] && place === this.pointedWord[1];
    return {
      data: places.map(([word, place]) => this.words[word]!.points[place] ?? { x: NaN, y: NaN }),
      order: -1,
      pointStyle: 'circle',
      backgroundColor: theme.background,
      borderColor: theme.foreground,
      borderWidth: places.map((at) => (isPointed(at) ? 2.5 : 1.25)),
      pointRadius: markRadius,
      pointHoverRadius: markRadius,
    };
  }

  private wordOf(element: { datasetIndex: number; index: number } | undefined): WordPoint | null {
    return element?.datasetIndex === this.senses.senses.length ? (this.wordPoints()[element.index] ?? null) : null;
  }

  private pointWord(detail: WordPoint | null): void {
    const before = this.pointedWord;
    if (detail?.[0] !== before?.[0] || detail?.[1] !== before?.[1]) this.dispatchEvent(new CustomEvent('pointWord', { detail }));
  }

  private occurrenceOf(members: number[][], element: { datasetIndex: number; index: number } | undefined): number | null {
    return element ? (members[element.datasetIndex]?.[element.index] ?? null) : null;
  }

  private emit(name: 'point' | 'choose', detail: number | null): void {
    if (name === 'choose' || detail !== this.pointed) this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
