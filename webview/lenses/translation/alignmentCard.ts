import { html, nothing, type TemplateResult } from 'lit';
import { checkbox, notice, tableButton } from '../../controls';
import type { Theme } from '../../theme';
import '../attention/headLines';
import '../attention/headMatrix';
import { headTable } from '../attention/headTable';
import type { HeadView } from '../attention/headView';
import { scaleLegend } from '../attention/legend';
import type { Followed } from '../attention/viewState';
import { hasPieces } from '../attention/wordPieces';
import { headSelect } from './headSelect';
import { type ShownTranslation, writtenWords } from './shownTranslation';
import type { TranslationViewState } from './viewState';

const drawings = [{ value: 'matrix', label: 'Matrix' }, { value: 'lines', label: 'Lines' }] as const;

export interface AlignmentCard {
  readonly shown: ShownTranslation;
  readonly view: HeadView;
  /** Whose alignment it is. */
  readonly name: string;
  readonly step: number;
  readonly own: TranslationViewState;
  readonly theme: Theme;
  /** Below the drawing. */
  readonly below: TemplateResult;
  readonly change: (change: Partial<TranslationViewState>) => void;
  readonly show: (step: number) => void;
}

/** Which source words the whole translation was made from. */
export function alignmentCard(card: AlignmentCard): TemplateResult {
  const { shown, view, name, step, own, below, change } = card;
  const pieces = hasPieces(shown.tokens) || writtenWords(shown.steps).some((word) => word.length > 1);
  return html`<section class="card stack" aria-label="Alignment">
    <div class="bar spread">
      <h2>Alignment: ${name}</h2>
      ${tableButton(own.table, () => { change({ table: !own.table }); })}
    </div>
    <div class="bar">
      ${headSelect(own.heads, shown.crossLayers, shown.crossHeads, (heads) => { change({ heads }); })}
      <headlight-segmented
        label="Drawing"
        .segments=${drawings}
        .value=${own.drawing}
        @choose=${({ detail }: CustomEvent<'lines' | 'matrix'>) => { change({ drawing: detail, table: false }); }}
      ></headlight-segmented>
      ${pieces ? checkbox({ label: 'Whole words', checked: own.words, onChange: (words) => { change({ words }); } }) : nothing}
      ${checkbox({ label: 'Hide special tokens', checked: own.hideSpecial, onChange: (hideSpecial) => { change({ hideSpecial }); } })}
    </div>
    ${own.hideSpecial ? notice('info', 'Weights renormalised without special tokens: each row sums to 1 again.') : nothing}
    ${view.queries.length === 0 || view.keys.length === 0
      ? html`<p class="muted">No token is left to show.</p>`
      : own.table ? headTable(view, { side: 'query', token: step }) : drawn(card)}
    ${below}
  </section>`;
}

function drawn({ view, step, own, theme, show }: AlignmentCard): TemplateResult {
  const label = `Attention from ${view.queries.length} written to ${view.keys.length} source ${own.words ? 'words' : 'tokens'}; “Show as table” gives the numbers.`;
  const pin = ({ detail }: CustomEvent<Followed | null>): void => { if (detail?.side === 'query') show(detail.token); };
  const pinned = { side: 'query', token: step } as const;
  return own.drawing === 'lines'
    ? html`<headlight-head-lines .view=${view} .pinned=${pinned} .mass=${1} .label=${label} @pin=${pin}></headlight-head-lines>`
    : html`<headlight-head-matrix .view=${view} .pinned=${pinned} .label=${label} hint="Rows are what is written, columns the source. Press a row to go to its step." @pin=${pin}></headlight-head-matrix>
        ${scaleLegend(theme.ramp, view.max)}`;
}
