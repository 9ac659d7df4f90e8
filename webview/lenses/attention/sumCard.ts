import { html, nothing, type TemplateResult } from 'lit';
import type { AttentionOverview, AttentionSum } from '../../../src/lenses/attention/contract';
import { button } from '../../controls';
import type { Latest } from '../../latest';
import { loadState } from '../frame';
import { tokenText } from '../tokenText';
import type { SumStage } from './sumStages';
import './sumView';

/** What the card of the sum shows, and what it is answered with. */
export interface SumCard {
  readonly text: AttentionOverview;
  /** Null while the card is closed. */
  readonly stage: SumStage | null;
  readonly sum: Latest<AttentionSum>;
  readonly show: (stage: SumStage | null) => void;
}

/** How the open head makes its weights for one token, in numbers. */
export function sumCard({ text, stage, sum, show }: SumCard): TemplateResult {
  const open = stage !== null;
  const { part, queries, tokens } = text;
  // After a new text the sum still shown may be of another.
  const shown = open && sum.value?.weights.length === tokens.length && sum.value.query < queries.length ? sum.value : null;
  return html`<section class="card stack" aria-label="The sum, step by step">
    <div class="bar spread">
      <h2>The sum, step by step${shown ? html` <span class="muted">${tokenText(queries[shown.query]!)}, layer ${shown.layer}, head ${shown.head}</span>` : nothing}</h2>
      ${button({ label: open ? 'Close' : 'Show', onClick: () => { show(open ? null : 'query'); } })}
    </div>
    ${open
      ? html`${loadState(sum, null)}
          <p class="muted small">For the query token that is kept above, else the first of ${part === 'cross' ? 'what is written' : 'the text'}. Click another query token to follow it here.</p>
          ${shown
            ? html`<headlight-attention-sum
                .sum=${shown}
                .text=${text}
                .stage=${stage}
                @stage=${({ detail }: CustomEvent<SumStage>) => { show(detail); }}
              ></headlight-attention-sum>`
            : nothing}`
      : html`<p class="muted small">Query, keys, products, softmax, values: how one head gets one row of its weights, with the numbers of this text.</p>`}
  </section>`;
}
