import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AttendedText, AttentionSum } from '../../../src/lenses/attention/contract';
import { iconButton, notice, noticeStyles, sharedStyles } from '../../controls';
import { prepareCanvas } from '../../draw/canvas';
import { stripPixels } from '../../draw/strip';
import { formatWeight } from '../../format';
import { Measured } from '../../measured';
import { ThemeController } from '../../theme';
import { tokenText, tokenTitle } from '../tokenText';
import { formulaStyles, sumFormula } from './sumFormula';
import { length, shownKeys, stageOf, sumStages, type Stage, type StageRow, type SumStage } from './sumStages';

/** Most key tokens listed at a time. */
const mostKeys = 24;
/** Above this difference of softmax(q·k/√d) from the model's weights, its scores hold something else too. */
const explained = 1e-3;
const stripHeight = 12;

/** What the number of a row is, by step. */
const valueNames: Readonly<Record<SumStage, string>> = {
  query: 'length', keys: 'length', products: 'q·k', scaled: 'score', mask: 'score', weights: 'weight', values: 'length', output: 'length',
};

/** How one head makes one row of its attention, in numbers. Emits `stage` with a `SumStage` as `detail`. */
@customElement('headlight-attention-sum')
export class AttentionSumView extends LitElement {
  static override styles = [
    sharedStyles,
    noticeStyles,
    formulaStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .walk {
        display: flex;
        align-items: center;
        gap: 2px;
      }
      .steps {
        display: flex;
        gap: 2px;
      }
      .steps button {
        padding: 2px 7px;
        border: 1px solid var(--headlight-border);
        border-radius: 10px;
        color: inherit;
        background: none;
        font: inherit;
        font-size: var(--headlight-small);
        cursor: pointer;
      }
      .steps button[aria-pressed='true'] {
        color: var(--vscode-button-foreground);
        background: var(--vscode-button-background);
        border-color: var(--vscode-contrastBorder, var(--vscode-button-background));
      }
      td,
      th {
        vertical-align: middle;
      }
      .drawn {
        width: 55%;
      }
      .track {
        position: relative;
        height: ${stripHeight}px;
      }
      .bar-mark {
        position: absolute;
        top: 0;
        bottom: 0;
        background: var(--vscode-charts-blue, var(--vscode-focusBorder));
      }
      .bar-mark.below {
        background: #d55e00;
      }
      .zero {
        position: absolute;
        top: -2px;
        bottom: -2px;
        left: 50%;
        border-left: 1px solid var(--headlight-muted);
      }
      /* Out of the flow, so that its old width does not keep the column from shrinking. */
      canvas {
        position: absolute;
        inset: 0;
        outline: 1px solid var(--headlight-border);
      }
      .masked {
        color: var(--headlight-muted);
      }
      tr.own th {
        font-weight: 700;
        color: var(--vscode-foreground);
      }
      .arithmetic {
        display: none;
      }
      @container (min-width: 480px) {
        .arithmetic {
          display: table-cell;
        }
        .drawn {
          width: 45%;
        }
      }
      th.source-text {
        max-width: 14ch;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: pre;
        font-weight: normal;
        color: var(--vscode-foreground);
      }
    `,
  ];

  @property({ attribute: false }) sum!: AttentionSum;
  @property({ attribute: false }) text!: Pick<AttendedText, 'part' | 'queries' | 'tokens' | 'written'>;
  @property() stage: SumStage = 'query';
  private readonly themed = new ThemeController(this);
  private readonly area = new Measured(this, () => this.renderRoot.querySelector('.track'));

  override render(): TemplateResult {
    const { sum, across } = this;
    const keys = shownKeys(sum, mostKeys, across);
    const stage = stageOf(this.stage, sum, keys, tokenText(this.text.queries[sum.query]!), across);
    const at = sumStages.indexOf(this.stage);
    return html`<div class="stack">
      ${sumFormula(this.stage)}
      <div class="walk">
        ${iconButton({ label: 'Previous step', icon: 'chevron-left', disabled: at === 0, onClick: () => { this.go(at - 1); } })}
        <div class="steps" role="group" aria-label="Steps">
          ${sumStages.map((name, index) => html`<button
            type="button"
            aria-pressed=${name === this.stage}
            title=${stageOf(name, sum, [], '').title}
            @click=${() => { this.go(index); }}
          >${index + 1}</button>`)}
        </div>
        ${iconButton({ label: 'Next step', icon: 'chevron-right', disabled: at === sumStages.length - 1, onClick: () => { this.go(at + 1); } })}
      </div>
      <h3 aria-live="polite">${at + 1}. ${stage.title}</h3>
      <p>${stage.explanation}</p>
      ${this.stage === 'weights' && sum.unexplained > explained
        ? notice('info', `The model's own weights differ from softmax(q·k/√d) by up to ${formatWeight(sum.unexplained)}: it adds something else to its scores, such as a bias by position.`)
        : nothing}
      ${this.table(stage)}
      <p class="muted small">
        Scale of this step: ${stage.signed ? `−${formatWeight(stage.scale)} to ${formatWeight(stage.scale)}` : `0 to ${formatWeight(stage.scale)}`}${this.drawsVectors(stage) ? `; each strip is ${sum.headSize} numbers, orange below zero, blue above` : ''}.
        ${keys.length < sum.weights.length ? `The ${keys.length} of ${sum.weights.length} tokens with the largest weights are listed; sums are over all.` : ''}
      </p>
      ${this.inputs()} ${this.residual()}
    </div>`;
  }

  override updated(): void {
    const { width } = this.area;
    if (width === 0) return;
    const pixels = Math.round(width * window.devicePixelRatio);
    for (const canvas of this.renderRoot.querySelectorAll('canvas')) {
      const { vector, scale } = this.strips[Number(canvas.dataset['strip'])]!;
      const context = prepareCanvas(canvas, width, stripHeight);
      if (!context) continue;
      const row = new ImageData(stripPixels(vector, scale, pixels, this.themed.theme.diverging), pixels, 1);
      for (let y = 0; y < canvas.height; y++) context.putImageData(row, 0, y);
    }
  }

  /** What the canvases show, in their order. */
  private strips: { vector: Float32Array; scale: number }[] = [];

  override willUpdate(): void {
    this.strips = [];
  }

  /** Whether what is written looks at the source. */
  private get across(): boolean {
    return this.text.part === 'cross';
  }

  private table(stage: Stage): TemplateResult {
    return html`<table>
      <caption class="visually-hidden">${stage.title}</caption>
      <thead>
        <tr>
          <th scope="col">Token</th>
          <td class="drawn"></td>
          <td class="arithmetic"></td>
          <th scope="col" class="number">${valueNames[stage.stage]}</th>
        </tr>
      </thead>
      <tbody>
        ${stage.rows.map((row) => this.row(stage, row))}
      </tbody>
    </table>`;
  }

  private row(stage: Stage, row: StageRow): TemplateResult {
    const ofQuery = stage.stage === 'query' || stage.stage === 'output';
    const token = (ofQuery ? this.text.queries : this.text.tokens)[row.token]!;
    const isOwn = ofQuery || (!this.across && row.token === this.sum.query);
    return html`<tr class="${row.masked ? 'masked' : ''} ${isOwn ? 'own' : ''}">
      <th scope="row" class="source-text" title=${tokenTitle(token)}>${tokenText(token)}</th>
      <td class="drawn">${row.vector ? this.strip(row.vector, stage.scale) : bar(row.value, stage)}</td>
      <td class="arithmetic number muted">${row.arithmetic}</td>
      <td class="number">${row.value === -Infinity ? '−∞' : formatWeight(row.value)}</td>
    </tr>`;
  }

  private drawsVectors({ rows }: Stage): boolean {
    return rows.some(({ vector }) => vector !== null);
  }

  private strip(vector: Float32Array, scale: number): TemplateResult {
    const index = this.strips.push({ vector, scale }) - 1;
    return html`<div class="track"><canvas data-strip=${index} role="img" aria-label="${vector.length} numbers, length ${formatWeight(length(vector))}"></canvas></div>`;
  }

  /** Word, position and segment, which are added up before the first layer. */
  private inputs(): TemplateResult | typeof nothing {
    const { word, position, segment } = this.sum.embeddings;
    const parts = ([['Word', word], ['Position', position], ['Segment', segment]] as const).flatMap(([name, vector]) => (vector ? [{ name, vector }] : []));
    if (parts.length === 0) return nothing;
    const total = parts[0]!.vector.map((_, at) => parts.reduce((sum, { vector }) => sum + vector[at]!, 0));
    const rows = [...parts, ...(parts.length > 1 ? [{ name: 'Sum', vector: total }] : [])];
    const { queries, written } = this.text;
    const scale = rows.reduce((largest, { vector }) => vector.reduce((most, x) => Math.max(most, Math.abs(x)), largest), 0);
    return html`<section class="stack" aria-label="What went in">
      <h3>What went in for “${tokenText((written?.inputs ?? queries)[this.sum.query]!)}”</h3>
      ${written ? html`<p>The token that the decoder has read last, where “${tokenText(written.writes[this.sum.query]!)}” is found.</p>` : nothing}
      <p>Before the first layer the vectors of the word, of its place in the text${segment ? ', and of its sentence' : ''} are added up. Without the second, order would be lost.</p>
      <table>
        <thead>
          <tr><th scope="col">Part</th><td class="drawn"></td><th scope="col" class="number">length</th></tr>
        </thead>
        <tbody>
          ${rows.map(({ name, vector }) => html`<tr>
            <th scope="row">${name}</th>
            <td class="drawn">${this.strip(vector, scale)}</td>
            <td class="number">${formatWeight(length(vector))}</td>
          </tr>`)}
        </tbody>
      </table>
    </section>`;
  }

  /** ‖x‖ by layer: what is carried along, and grows or shrinks by what the layers add. */
  private residual(): TemplateResult {
    const { residual, layer } = this.sum;
    const largest = Math.max(...residual);
    return html`<section class="stack" aria-label="Residual stream">
      <h3>The residual stream</h3>
      <p>Length of the token's state after each layer. Every layer adds to it; what it adds to is carried along.</p>
      <table>
        <thead>
          <tr><th scope="col">State</th><td class="drawn"></td><th scope="col" class="number">length</th></tr>
        </thead>
        <tbody>
          ${Array.from(residual, (norm, state) => html`<tr class=${state === layer ? 'own' : ''}>
            <th scope="row">${state === 0 ? 'Embeddings' : `Layer ${state - 1}`}</th>
            <td class="drawn">
              <div class="track"><div class="bar-mark" .style=${`left: 0; width: ${(norm / largest) * 100}%`}></div></div>
            </td>
            <td class="number">${formatWeight(norm)}</td>
          </tr>`)}
        </tbody>
      </table>
      <p class="muted small">${this.across ? 'This head reads the state in bold, once this layer has looked at what is written.' : 'This head reads the state in bold.'}</p>
    </section>`;
  }

  private go(index: number): void {
    this.dispatchEvent(new CustomEvent('stage', { detail: sumStages[index]! }));
  }
}

/** From the left for shares, from the middle for numbers of either sign. */
function bar(value: number, { scale, signed }: Stage): TemplateResult {
  if (!Number.isFinite(value)) return html`<div class="track"></div>`;
  const share = scale > 0 ? Math.abs(value) / scale : 0;
  const width = share * (signed ? 50 : 100);
  const left = signed ? (value < 0 ? 50 - width : 50) : 0;
  return html`<div class="track">
    ${signed ? html`<div class="zero"></div>` : nothing}
    <div class="bar-mark ${value < 0 ? 'below' : ''}" .style=${`left: ${left}%; width: ${width}%`}></div>
  </div>`;
}
