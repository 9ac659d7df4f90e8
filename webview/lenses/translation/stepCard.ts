import { html, nothing, type TemplateResult } from 'lit';
import { button, notice } from '../../controls';
import type { Theme } from '../../theme';
import '../attention/headMatrix';
import { scaleLegend } from '../attention/legend';
import type { Followed } from '../attention/viewState';
import { headChoice } from '../writing/headChoice';
import { triangleView } from '../writing/triangle';
import { headsView } from './alignment';
import { alternatives, stepNumbers } from './alternatives';
import { headSelect } from './headSelect';
import { type ShownTranslation, stepText } from './shownTranslation';
import type { TranslationViewState } from './viewState';

export interface StepCard {
  readonly shown: ShownTranslation;
  readonly step: number;
  readonly own: TranslationViewState;
  readonly theme: Theme;
  readonly change: (change: Partial<TranslationViewState>) => void;
  readonly show: (step: number) => void;
  /** Has a token written here. */
  readonly force: (id: number) => void;
  readonly compareGenerations: () => void;
}

/** One step: what could have been written, and what the heads look at. */
export function stepCard(card: StepCard): TemplateResult | typeof nothing {
  const { shown, step, own, change, force } = card;
  const at = shown.steps[step];
  if (!at) return nothing;
  return html`<section class="card stack" aria-label="One step">
    <h2 aria-live="polite">Step ${step + 1}: <span class="source-text">${stepText(at)}</span></h2>
    <p class="muted small">${stepNumbers(at)}</p>
    ${alternatives(at, force)}
    <p class="muted small">Press another to have it written here; the model goes on from there.</p>
    ${looks(card)}
    ${own.looks === 'back' && shown.selfLayers > 0 ? headSelect(own.heads, shown.selfLayers, shown.selfHeads, (heads) => { change({ heads }); }) : nothing}
  </section>`;
}

/** What the heads look at in this step: the source, or back at what is written. */
function looks(card: StepCard): TemplateResult {
  const { shown, own, change, compareGenerations } = card;
  if (shown.crossLayers === 0 && shown.selfLayers === 0) {
    return notice('info', html`${shown.model.name} gets the source as one vector, from which it unfolds the whole translation: there is no attention to look at.`, [
      button({ label: 'Compare Generations', onClick: compareGenerations }),
    ]);
  }
  if (shown.selfLayers === 0) return across(card);
  return html`<headlight-segmented
      label="Where it looks"
      .segments=${[{ value: 'across', label: 'At the source' }, { value: 'back', label: 'Back' }]}
      .value=${own.looks}
      @choose=${({ detail }: CustomEvent<'across' | 'back'>) => { change({ looks: detail }); }}
    ></headlight-segmented>
    ${own.looks === 'back' ? back(card) : across(card)}`;
}

function across({ shown, step, own, theme, change }: StepCard): TemplateResult {
  const view = headsView(shown, step, own);
  if (!view || view.keys.length === 0) return html`<p class="muted">No token is left to show.</p>`;
  return html`<headlight-head-matrix
      .view=${view}
      label="Every head’s look at the source at this step"
      hint="Rows are heads (layer.head), columns the source. Keys and values of the source are computed once and held."
      @pin=${({ detail }: CustomEvent<Followed | null>) => {
        if (detail?.side === 'query') change({ heads: `${Math.floor(detail.token / shown.crossHeads)}.${detail.token % shown.crossHeads}` });
      }}
    ></headlight-head-matrix>
    ${scaleLegend(theme.ramp, view.max)}`;
}

function back({ shown, step, own, theme, show }: StepCard): TemplateResult {
  const view = triangleView({ ...shown, layers: shown.selfLayers, heads: shown.selfHeads }, step, headChoice(own.heads, shown.selfLayers, shown.selfHeads));
  if (!view) return html`<p class="muted">No token is left to show.</p>`;
  return html`<headlight-head-matrix
      .view=${view}
      label="The decoder’s look back at what is written"
      hint="A row is the token from which the next one is found. It looks at itself and at what stands before it; what comes later is masked."
      @pin=${({ detail }: CustomEvent<Followed | null>) => { if (detail?.side === 'query') show(detail.token - shown.firstKeys.length + 1); }}
    ></headlight-head-matrix>
    ${scaleLegend(theme.ramp, view.max)}`;
}
