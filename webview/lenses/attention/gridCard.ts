import { html, nothing, type TemplateResult } from 'lit';
import type { AttentionOverview, HeadMetrics } from '../../../src/lenses/attention/contract';
import { formatMetric, measured, metricTexts } from '../../../src/lenses/attention/headMetricTexts';
import type { ChosenSwitches } from '../../../src/lenses/whatIf/chosen';
import type { SavedFile } from '../../../src/panel/contract';
import { checkbox, select, slider } from '../../controls';
import type { Latest } from '../../latest';
import type { Theme } from '../../theme';
import { loadState } from '../frame';
import './headGrid';
import { scaleLegend } from './legend';
import { reportSaved, saveBar } from '../saveBar';
import { gridFormats, savedGrid, type GridFormat } from './saveGrid';
import type { HeadPlace } from './severalHeads';
import type { Thumbnails } from './thumbnails';
import type { AttentionViewState, HeadOrder } from './viewState';

/** What the card of all heads shows, and what it is answered with. */
export interface GridCard {
  readonly overview: AttentionOverview;
  readonly thumbnails: Thumbnails;
  readonly own: AttentionViewState;
  /** The head that is open. */
  readonly open: HeadPlace;
  /** The heads that are drawn. */
  readonly places: readonly HeadPlace[];
  readonly metrics: Latest<HeadMetrics>;
  /** What the reader is told about the grid's file. */
  readonly saved: Latest<string | null>;
  readonly text: string;
  readonly theme: Theme;
  readonly save: (file: SavedFile) => Promise<string | null>;
  readonly change: (change: Partial<AttentionViewState>) => void;
  readonly choose: (place: HeadPlace, together: boolean) => void;
  readonly drawTogether: (on: boolean) => void;
  /** What is off; null where nothing can be switched. */
  readonly switches: ChosenSwitches | null;
  /** Switches a head, or a whole layer where it is null. */
  readonly switchHead: (place: { readonly layer: number; readonly head: number | null }) => void;
}

/** All heads as thumbnails, as the reader orders them. */
export function gridCard(card: GridCard): TemplateResult {
  const { overview, own, open, thumbnails, metrics: { value: metrics } } = card;
  // Until the metrics of this text are there, or where it cannot be measured by the one that was chosen.
  const order = own.order !== 'layer' && metrics?.values[own.order] ? own.order : 'layer';
  return html`<section class="card stack" aria-label="All heads">
    <h2>All heads${order === 'layer' ? html` <span class="muted small">rows: layers · columns: heads</span>` : nothing}</h2>
    ${orderBar(card, order)}
    <headlight-head-grid
      .layers=${overview.layers}
      .heads=${overview.heads}
      .thumbnails=${thumbnails}
      .queries=${overview.queries}
      .tokens=${overview.tokens}
      .layer=${open.layer}
      .head=${open.head}
      .metrics=${metrics}
      .order=${order}
      .least=${own.least}
      .chosen=${card.places}
      .switches=${card.switches}
      .ofPart=${overview.part}
      @switch=${({ detail }: CustomEvent<Parameters<GridCard['switchHead']>[0]>) => { card.switchHead(detail); }}
      @choose=${({ detail }: CustomEvent<HeadPlace & { together: boolean }>) => { card.choose(detail, detail.together); }}
    ></headlight-head-grid>
    ${scaleLegend(card.theme.ramp, thumbnails.max)}
    ${gridSaveBar(card, order)}
    ${checkbox({ label: 'Draw several heads together', checked: own.together !== null, onChange: card.drawTogether })}
    <p class="muted small">
      Arrow keys walk, Enter opens, a digit jumps to that layer.
      ${own.together ? 'Click or Enter adds a head to the drawing, or takes it out.' : 'Shift with click or Enter draws a head together with the open one.'}
      ${card.switches ? 'X, or Alt with click, switches a head off or on; the number of a row its layer.' : nothing}
    </p>
    ${thumbnails.exact
      ? nothing
      : html`<p class="muted small">
          Each cell stands for several tokens and shows the largest weight among
          them${own.hideSpecial ? ', special tokens included' : ''}.
        </p>`}
  </section>`;
}

function gridSaveBar({ overview, thumbnails, metrics, own, text, theme, saved, save }: GridCard, order: HeadOrder): TemplateResult {
  const grid = { overview, thumbnails, metrics: metrics.value, order, least: order === 'layer' ? 0 : own.least, text };
  const start = (format: GridFormat): void => {
    reportSaved(saved, async () => save(await savedGrid(grid, format, theme)));
  };
  return saveBar('Save grid as', gridFormats, start, saved);
}

/** By what heads are ordered, from what value on they count, and what the number means. */
function orderBar({ overview: { layers, heads }, metrics, own, change }: GridCard, order: HeadOrder): TemplateResult {
  const { value: known } = metrics;
  if (!known) return loadState(metrics, null);
  const values = order === 'layer' ? null : known.values[order];
  const largest = values ? Math.max(...values) : 1;
  const least = Math.min(own.least, largest);
  const left = values?.filter((value) => value >= least).length ?? layers * heads;
  return html`<div class="bar">
      ${select({
        label: 'Order',
        value: order,
        options: [
          { value: 'layer', label: 'by layer' },
          ...measured(known).map((metric) => ({ value: metric, label: `by ${metricTexts[metric].name}` })),
        ],
        onChange: (chosen) => { change({ order: chosen, least: 0 }); },
      })}
      ${order === 'layer' || !values
        ? nothing
        : slider({
            label: 'At least',
            min: 0,
            max: largest,
            step: largest / 50,
            value: least,
            text: formatMetric(order, least),
            onInput: (value) => { change({ least: value }); },
          })}
      ${order === 'layer' ? nothing : html`<span class="muted small" aria-live="polite">${left} of ${layers * heads} heads</span>`}
    </div>
    ${order === 'layer'
      ? nothing
      : html`<p class="muted small">${metricTexts[order].definition} Mean over the tokens of the text (${metricTexts[order].source}).</p>`}`;
}
