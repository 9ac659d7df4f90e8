import { html, nothing, type TemplateResult } from 'lit';
import type { AttentionOverview, HeadMetrics } from '../../../src/lenses/attention/contract';
import { measured, metricTexts } from '../../../src/lenses/attention/headMetricTexts';
import type { ChosenSwitches } from '../../../src/lenses/whatIf/chosen';
import type { SavedFile } from '../../../src/panel/contract';
import { button, checkbox, select, slider } from '../../controls';
import type { Latest } from '../../latest';
import type { Theme } from '../../theme';
import { loadState } from '../frame';
import type { KeptRanking } from '../evidence/keptRankings';
import { type MeasuredEffects } from './effects';
import { effectsLegend } from './effectsLegend';
import './headGrid';
import { scaleLegend } from './legend';
import { type Ordering, orderingBy } from './ordering';
import { reportSaved, saveBar } from '../saveBar';
import { gridFormats, savedGrid, type GridFormat } from './saveGrid';
import type { HeadPlace } from './severalHeads';
import type { Thumbnails } from './thumbnails';
import type { AttentionViewState } from './viewState';

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
  /** What was measured of the shown heads, and all that was measured of this text; null for nothing. */
  readonly effects: MeasuredEffects | null;
  readonly kept: readonly KeptRanking[];
  readonly chooseEffects: (kept: KeptRanking) => void;
  /** Opens what was measured, or what could be; null where nothing can be measured of this text. */
  readonly openEvidence: (() => void) | null;
  /** Switches a head, or a whole layer where it is null. */
  readonly switchHead: (place: { readonly layer: number; readonly head: number | null }) => void;
}

/** All heads as thumbnails, as the reader orders them. */
export function gridCard(card: GridCard): TemplateResult {
  const { effects, overview, own, open, thumbnails, metrics: { value: metrics } } = card;
  const ordering = orderingBy(own.order, metrics, effects);
  return html`<section class="card stack" aria-label="All heads">
    <h2>All heads${ordering ? nothing : html` <span class="muted small">rows: layers · columns: heads</span>`}</h2>
    ${orderBar(card, ordering)}
    <headlight-head-grid
      .layers=${overview.layers}
      .heads=${overview.heads}
      .thumbnails=${thumbnails}
      .queries=${overview.queries}
      .tokens=${overview.tokens}
      .layer=${open.layer}
      .head=${open.head}
      .metrics=${metrics}
      .ordering=${ordering}
      .effects=${effects}
      .least=${own.least}
      .chosen=${card.places}
      .switches=${card.switches}
      .ofPart=${overview.part}
      @switch=${({ detail }: CustomEvent<Parameters<GridCard['switchHead']>[0]>) => { card.switchHead(detail); }}
      @choose=${({ detail }: CustomEvent<HeadPlace & { together: boolean }>) => { card.choose(detail, detail.together); }}
    ></headlight-head-grid>
    ${scaleLegend(card.theme.ramp, thumbnails.max)}
    ${effectsBar(card)}
    ${gridSaveBar(card, ordering)}
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

/** What the bars are; where there are none, how to get them. */
function effectsBar({ chooseEffects, effects, kept, openEvidence, theme }: GridCard): TemplateResult | typeof nothing {
  if (!openEvidence) return nothing;
  if (effects) return effectsLegend({ effects, kept, theme, choose: chooseEffects, openEvidence });
  return html`<div class="bar">
    ${button({ label: 'Measure effects…', icon: 'beaker', onClick: openEvidence })}
    <span class="muted small">what each head does to an answer of the model</span>
  </div>`;
}

function gridSaveBar({ overview, thumbnails, metrics, own, text, theme, saved, save }: GridCard, ordering: Ordering | null): TemplateResult {
  const grid = { overview, thumbnails, metrics: metrics.value, ordering, least: ordering ? own.least : 0, text };
  const start = (format: GridFormat): void => {
    reportSaved(saved, async () => save(await savedGrid(grid, format, theme)));
  };
  return saveBar('Save grid as', gridFormats, start, saved);
}

/** By what heads are ordered, from what value on they count, and what the number means. */
function orderBar({ effects, overview: { layers, heads }, metrics, own, change }: GridCard, ordering: Ordering | null): TemplateResult {
  const { value: known } = metrics;
  if (!known && !effects) return loadState(metrics, null);
  const largest = ordering ? Math.max(...ordering.values) : 1;
  const least = Math.min(own.least, largest);
  const left = ordering?.values.filter((value) => value >= least).length ?? layers * heads;
  return html`${known ? nothing : loadState(metrics, null)}
    <div class="bar">
      ${select({
        label: 'Order',
        value: ordering?.order ?? 'layer',
        options: [
          { value: 'layer', label: 'by layer' },
          ...(effects ? [{ value: 'effect', label: `by effect on ${effects.name}` } as const] : []),
          ...(known ? measured(known).map((metric) => ({ value: metric, label: `by ${metricTexts[metric].name}` })) : []),
        ],
        onChange: (chosen) => { change({ order: chosen, least: 0 }); },
      })}
      ${ordering
        ? html`${slider({
              label: 'At least',
              min: 0,
              max: largest,
              step: largest / 50,
              value: least,
              text: ordering.format(least),
              onInput: (value) => { change({ least: value }); },
            })}
            <span class="muted small" aria-live="polite">${left} of ${layers * heads} heads</span>`
        : nothing}
    </div>
    ${ordering ? html`<p class="muted small">${ordering.definition}</p>` : nothing}`;
}
