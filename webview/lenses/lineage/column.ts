import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Forgetting, ForgottenText } from '../../../src/lenses/lineage/contract';
import { type Generation, recordedSearch } from '../../../src/lenses/lineage/generations';
import type { MovedNumber } from '../../../src/lenses/lineage/meanForgetting';
import type { Translation } from '../../../src/lenses/translation/contract';
import type { TextRange } from '../../../src/text/range';
import { visibleLine, visibleText } from '../../../src/text/visibleText';
import type { EditorConnection } from '../../connection';
import { button, notice, select, selectStyles, sharedStyles } from '../../controls';
import { formatCount, formatPercent } from '../../format';
import { Latest } from '../../latest';
import { memoize } from '../../memoize';
import { ThemeController } from '../../theme';
import '../attention/headMatrix';
import { headTable } from '../attention/headTable';
import { legendStyles, scaleLegend } from '../attention/legend';
import { frameStyles, loadState } from '../frame';
import { WritingRun } from '../writing/writingRun';
import { alignmentOf } from './alignment';
import { influenceBars, influenceStyles, influenceTable, leftOf } from './influenceBars';
import { movedNumbers } from './numbers';
import type { Turns } from './turns';

/** What a column has found out, once it has. */
export interface ColumnAnswer {
  readonly translation: Translation;
  /** Null for a model with attention. */
  readonly forgetting: Forgetting | null;
}

/**
 * One generation's translation, and how it got at the source. Emits `answered` with a `ColumnAnswer`, `layer` with a layer
 * or null, and `reveal` with a range of the text.
 */
@customElement('headlight-lineage-column')
export class LineageColumn extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    legendStyles,
    influenceStyles,
    css`
      :host {
        min-width: 0;
      }
      .output {
        overflow-wrap: anywhere;
        line-height: 1.5;
      }
      .stop {
        padding: 0 4px;
        border: 1px solid var(--headlight-border);
        border-radius: 3px;
        color: var(--headlight-muted);
        font-size: var(--headlight-small);
      }
      .scroller {
        overflow-x: auto;
      }
      .outdated {
        opacity: 0.6;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) generation!: Generation;
  @property({ attribute: false }) turns!: Turns;
  @property() text = '';
  @property() search: 'beams' | 'greedy' = 'beams';
  @property() number: MovedNumber = 'cosineDistance';
  @property({ attribute: false }) layer: number | null = null;
  @property({ type: Boolean }) table = false;
  private readonly themed = new ThemeController(this);
  private readonly alignmentOf = memoize(alignmentOf);
  private readonly writing = new WritingRun(this, 'translation/translate', () => this.editor, () => { this.tell(); });
  private readonly forgetting = new Latest<Forgetting>(this, () => { this.tell(); });

  override willUpdate(changed: PropertyValues<this>): void {
    const forget = changed.has('text') || changed.has('generation');
    if (!forget && !changed.has('search')) return;
    const { editor, generation: { model, oneVector }, search, text, turns } = this;
    const choice = search === 'greedy' ? ({ kind: 'greedy' } as const) : recordedSearch;
    this.writing.start({ inModel: model, text, choice, alternatives: 0 }, { forget });
    if (!oneVector || !forget) return;
    this.forgetting.load((signal) => turns.take(() => editor.call('lineage/forgetting', { inModel: model, texts: [text], every: false }, { signal }), signal), { forget });
  }

  override render(): TemplateResult {
    const { generation: { model, name, source, year }, writing } = this;
    const { answer } = writing;
    const going = answer.loading && writing.steps.length > 0;
    return html`<section class="card stack" aria-label=${name} data-model=${model}>
      <div>
        <h2>${name} <span class="muted">${year}, ${model}</span></h2>
        <p class="muted small">${source}</p>
      </div>
      ${going ? this.unfinished() : loadState(answer, null)}
      ${answer.value && !going ? html`<div class="stack ${answer.loading ? 'outdated' : ''}">${this.written(answer.value)}</div>` : nothing}
      ${answer.value ? this.access(answer.value) : nothing}
    </section>`;
  }

  private unfinished(): TemplateResult {
    const { output, steps } = this.writing;
    return html`<p class="output source-text" dir="auto">${visibleLine(output)}…</p>
      <div class="bar spread">
        <span class="muted small" role="status">Writing, ${formatCount(steps.length, 'token')} so far…</span>
        ${button({ label: 'Stop', onClick: () => { this.writing.stop(); } })}
      </div>`;
  }

  private written({ logProbability, output, steps, stopped, stoppedExplanation }: Translation): TemplateResult {
    const last = steps.at(-1);
    const byReader = this.writing.stopped;
    return html`<p class="output source-text" dir="auto" data-output>${visibleLine(output)} ${stopped === 'stop-token' && last
        ? html`<span class="stop" title="The stop token, with which the model ends its text">${visibleText(last.token)}</span>`
        : nothing}</p>
      <p class="muted small" data-facts>
        ${formatCount(steps.length, 'token')}${stopped === 'stop-token' ? ', stop token included' : ''} · log-probability
        <span class="number">${signed(logProbability)}</span>, <span class="number">${signed(logProbability / Math.max(1, steps.length))}</span> a token
      </p>
      ${byReader ? notice('info', 'You stopped it here.') : stoppedExplanation === null ? nothing : notice('info', stoppedExplanation)}`;
  }

  private access(translation: Translation): TemplateResult | typeof nothing {
    return this.generation.oneVector ? this.influence() : this.alignment(translation);
  }

  private influence(): TemplateResult {
    const { forgetting, number, table, text } = this;
    const [answer] = forgetting.value?.texts ?? [];
    return html`<div class="stack">
      <div>
        <h3>What each word still does</h3>
        <p class="muted small">
          No word is aligned with another. Measured instead: how far the thought vector moves when the word is left out. ${movedNumbers[number].says}
        </p>
      </div>
      ${loadState(forgetting, null)}
      ${answer
        ? html`${table
              ? influenceTable(text, answer)
              : influenceBars(text, answer, number, (range) => { this.dispatchEvent(new CustomEvent<TextRange>('reveal', { detail: range })); })}
            ${leftLine(answer, number)}`
        : nothing}
    </div>`;
  }

  private alignment(translation: Translation): TemplateResult | typeof nothing {
    const view = this.alignmentOf(translation, this.layer);
    if (!view) return nothing;
    const { crossHeads, crossLayers } = translation;
    const layer = this.layer !== null && this.layer < crossLayers ? this.layer : null;
    const what = crossLayers === 1 && crossHeads === 1 ? 'The alignment' : `Mean of ${layer === null ? `${crossLayers} layers of ` : ''}${crossHeads} heads`;
    const label = `Alignment of ${this.generation.model}: ${view.queries.length} written tokens in rows, ${view.keys.length} tokens of the source in columns. “Show as table” gives the numbers.`;
    return html`<div class="stack">
      <div>
        <h3>Where it looks</h3>
        <p class="muted small">${what}: rows are what is written, columns the source; each row sums to 1. Where it looks is no proof of what it uses.</p>
      </div>
      ${crossLayers > 1
        ? select({
            label: 'Layer',
            value: layer === null ? 'all' : String(layer),
            options: [{ value: 'all', label: 'mean of all' }, ...Array.from({ length: crossLayers }, (_, at) => ({ value: String(at), label: String(at) }))],
            onChange: (value) => { this.dispatchEvent(new CustomEvent<number | null>('layer', { detail: value === 'all' ? null : Number(value) })); },
          })
        : nothing}
      ${this.table
        ? headTable(view, null)
        : html`<headlight-head-matrix .view=${view} .label=${label}></headlight-head-matrix>${scaleLegend(this.themed.theme.ramp, view.max)}`}
    </div>`;
  }

  private tell(): void {
    const translation = this.writing.answer.value;
    const forgetting = this.forgetting.value;
    if (!translation || (this.generation.oneVector && !forgetting)) return;
    this.dispatchEvent(new CustomEvent<ColumnAnswer>('answered', { detail: { translation, forgetting } }));
  }
}

function signed(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}`;
}

/** What is left of the first half of the words, and of the second. */
function leftLine({ words }: ForgottenText, number: MovedNumber): TemplateResult | typeof nothing {
  const half = Math.floor(words.length / 2);
  if (half === 0) return nothing;
  const left = (some: ForgottenText['words']): TemplateResult => html`<strong class="number">${formatPercent(leftOf(some, number))}</strong>`;
  const count = half === 1 ? 'word' : `${half} words`;
  return html`<p class="small" data-left>
    Of what they did when they were just read, ${left(words.slice(0, half))} is left of the first ${count}, and ${left(words.slice(-half))} of the
    last.
  </p>`;
}
