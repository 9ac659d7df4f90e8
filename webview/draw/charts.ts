import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  ScatterController,
  type ChartConfiguration,
  type ChartType,
} from 'chart.js';
import type { Theme } from '../theme';

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, ScatterController);

/** A chart that follows its data, and is built anew for another theme. */
export class ThemedChart<T extends ChartType, D> {
  private chart: Chart<T, D[], string> | null = null;
  private theme: Theme | null = null;

  /** Draws, or redraws with an animation from what was there. */
  update(canvas: HTMLCanvasElement, theme: Theme, configuration: ChartConfiguration<T, D[], string>): void {
    if (this.chart?.canvas !== canvas || this.theme !== theme) {
      this.destroy();
      this.theme = theme;
      Chart.defaults.font.family = theme.fontFamily;
      Chart.defaults.font.size = theme.fontSize - 1;
      Chart.defaults.color = theme.foreground;
      this.chart = new Chart<T, D[], string>(canvas, configuration);
      return;
    }
    this.chart.data = configuration.data;
    if (configuration.options) this.chart.options = configuration.options;
    this.chart.update();
  }

  destroy(): void {
    this.chart?.destroy();
    this.chart = null;
  }
}
