import { html, nothing, type TemplateResult } from 'lit';
import type { AttendedText, AttentionPart } from '../../../src/lenses/attention/contract';
import { partsOf } from '../../../src/lenses/attention/parts';
import type { ModelInfo } from '../../../src/lenses/model';
import { button } from '../../controls';
import './writtenText';

/** Which stack of attention is shown, and what the model is looked at writing. */
export interface PartBar {
  readonly text: AttendedText;
  /** The part that the reader asked for last, which may not be there yet. */
  readonly chosen: AttentionPart | null;
  /** Whether a pair is read. */
  readonly pair: boolean;
  /** Whether an engine answers; a page holds one part. */
  readonly live: boolean;
  /** Whether `model` was asked for in place of the one in force. */
  readonly ofOtherModel: boolean;
  readonly choose: (part: AttentionPart) => void;
  /** Null for the model's own translation. */
  readonly write: (text: string | null) => void;
  readonly useOwnModel: () => void;
}

const labels: Readonly<Record<AttentionPart, string>> = { encoder: 'Source', decoder: 'Written', cross: 'Across' };

const ofPair = 'One text is written anew, not a pair. Select one text alone.';

/** Nothing for a model of one text and one stack. */
export function partBar({ text, chosen, pair, live, ofOtherModel, choose, write, useOwnModel }: PartBar): TemplateResult | typeof nothing {
  const { model, part, written } = text;
  const parts = partsOf(model);
  if (parts.length < 2 && written === null && !ofOtherModel) return nothing;
  return html`<section class="card stack" aria-label="Which attention">
    ${ofOtherModel
      ? html`<div class="bar spread">
          <span>With ${model.name}, not the model in use.</span>
          ${button({ label: 'Show with the model in use', onClick: useOwnModel })}
        </div>`
      : nothing}
    ${live && parts.length > 1
      ? html`<headlight-segmented
          label="Which attention"
          .segments=${parts.map((value) => ({ value, label: labels[value], ...(pair && value !== 'encoder' && { disabled: ofPair }) }))}
          .value=${chosen !== null && parts.includes(chosen) && !pair ? chosen : part}
          @choose=${({ detail }: CustomEvent<AttentionPart>) => { choose(detail); }}
        ></headlight-segmented>`
      : nothing}
    <p class="muted small" data-part>${partText(text, model)}</p>
    ${written
      ? html`<headlight-written-text
          .written=${written}
          .live=${live}
          @write=${({ detail }: CustomEvent<string | null>) => { write(detail); }}
        ></headlight-written-text>`
      : nothing}
  </section>`;
}

/** What looks at what, and what a row is. */
function partText({ part, written }: AttendedText, { writes }: ModelInfo): string {
  if (!written) return 'The encoder, which reads: each token of the source looks at all of the source.';
  if (part === 'decoder') {
    return 'The decoder, which writes: each token that it has read looks at itself and those before it, the start token first. In the row of a token the decoder finds the one after it.';
  }
  const aligned = writes?.looksBy === 'alignment' ? ' This LSTM aligns words: one layer of one head, computed by a small network and not from queries and keys.' : '';
  return `From what is written to the source: a row for each token, named by the token that is found there, the stop token last. The decoder has read only those before it.${aligned}`;
}
