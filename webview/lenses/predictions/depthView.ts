import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { WithoutTarget } from '../../../src/lenses/model';
import type { DepthRequest, FollowedWord, PlaceByDepth, PredictionsByDepth } from '../../../src/lenses/predictions/depthContract';
import { level, rampColor } from '../../../src/picture/ramp';
import { visibleText } from '../../../src/text/visibleText';
import type { EditorConnection } from '../../connection';
import { sharedStyles } from '../../controls';
import { inksOf } from '../../draw/ink';
import { formatPercent, formatWeight } from '../../format';
import { Latest } from '../../latest';
import { memoize } from '../../memoize';
import { ThemeController, type Theme } from '../../theme';
import { frameStyles, loadState } from '../frame';
import '../layerChart';
import { stateName } from '../stateName';
import { tokenText, tokenTitle } from '../tokenText';

/** Curves that can be told apart without colour. */
const mostCurves = 3;
/** Words of each state that the table of one place lists. */
const listed = 5;

const reasons: Readonly<Record<FollowedWord['reason'], string>> = {
  original: 'stood here', asked: 'asked about', expected: 'expected at the end',
};

/** What every hidden state would say at every place: a table of words by layer and token, and curves for one place. */
@customElement('headlight-predictions-depth')
export class PredictionsDepth extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    css`
      .scroller {
        overflow-x: auto;
      }
      table.depth {
        width: auto;
        border-collapse: separate;
        border-spacing: 1px;
      }
      .depth th,
      .depth td {
        padding: 3px 6px;
        border: none;
        font-weight: normal;
        text-align: center;
        white-space: nowrap;
      }
      .depth tbody th {
        position: sticky;
        left: 0;
        z-index: 1;
        padding-left: 0;
        text-align: left;
        background: var(--headlight-card, var(--vscode-editor-background));
      }
      .depth td {
        max-width: 9em;
        overflow: hidden;
        text-overflow: ellipsis;
        cursor: pointer;
      }
      .depth td.white {
        color: #fff;
      }
      .depth td.black {
        color: #000;
      }
      .depth button {
        padding: 2px 4px;
        border: none;
        border-bottom: 2px solid transparent;
        color: inherit;
        background: none;
        font: inherit;
        font-family: var(--vscode-editor-font-family, monospace);
        cursor: pointer;
      }
      .depth button[aria-pressed='true'] {
        border-bottom-color: var(--vscode-focusBorder);
        font-weight: 600;
      }
      .depth .chosen {
        box-shadow: inset 1px 0 var(--vscode-focusBorder), inset -1px 0 var(--vscode-focusBorder);
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) request!: WithoutTarget<DepthRequest>;
  @property({ type: Boolean }) table = false;
  @state() private chosen: number | null = null;
  /** The answer whose chosen place has been brought into view. */
  private drawnAnswer: PredictionsByDepth | null = null;
  private readonly depth = new Latest<PredictionsByDepth>(this);
  private readonly themed = new ThemeController(this);
  private readonly inksOf = memoize((theme: Theme) => inksOf(theme.ramp, theme.foreground));

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('request');
    if (!changed.has('request') || JSON.stringify(before) === JSON.stringify(this.request)) return;
    this.depth.load((signal) => this.editor.call('predictions/depth', { ...this.request, top: listed }, { signal }), {
      forget: before?.text !== this.request.text,
    });
  }

  override updated(): void {
    const answer = this.depth.value;
    if (!answer || answer === this.drawnAnswer) return;
    this.drawnAnswer = answer;
    this.renderRoot.querySelector('.depth [aria-pressed="true"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }

  override render(): TemplateResult {
    const answer = this.depth.value;
    return html`<section class="card stack" aria-label="By layer">
      <h2>What each layer would say</h2>
      <p class="muted small">
        The head that turns the last layer’s vectors into words reads every layer’s (the “logit lens”). It was made for the last
        one only, so the words of early layers show how far they are from an answer, not what the model thinks there.
      </p>
      ${loadState(this.depth, null)} ${answer ? this.drawn(answer) : nothing}
    </section>`;
  }

  private drawn(answer: PredictionsByDepth): TemplateResult {
    const place = this.placeOf(answer);
    return html`${this.heat(answer, place)}
      ${answer.places.length < answer.tokens.filter(({ special }) => !special).length
        ? html`<p class="muted small">Shown are the ${answer.places.length} tokens around the first mask, or the first ones.</p>`
        : nothing}
      <h3>At <span class="source-text">${this.nameOf(answer, place)}</span>, token ${place.index}</h3>
      ${this.table ? placeTable(place) : this.curves(answer, place)}
      ${answer.notFollowed.length > 0
        ? html`<p class="muted small">
            <span class="source-text">${answer.notFollowed.map(visibleText).join(', ')}</span> is not a single entry of the vocabulary,
            so that one place cannot hold it.
          </p>`
        : nothing}`;
  }

  private heat(answer: PredictionsByDepth, place: PlaceByDepth): TemplateResult {
    const { theme } = this.themed;
    const inks = this.inksOf(theme);
    const states = answer.places[0]!.states.length;
    return html`<div class="scroller">
      <table class="depth">
        <caption class="visually-hidden">
          Most probable word by layer and token, shaded by its probability
        </caption>
        <thead>
          <tr @keydown=${(event: KeyboardEvent) => { this.moved(event, answer); }}>
            <td></td>
            ${answer.places.map(
              (one) => html`<th scope="col" class=${one === place ? 'chosen' : ''}>
                <button
                  type="button"
                  tabindex=${one === place ? 0 : -1}
                  aria-pressed=${one === place}
                  title=${tokenTitle(answer.tokens[one.index]!)}
                  data-place=${one.index}
                  @click=${() => { this.chosen = one.index; }}
                >${this.nameOf(answer, one)}</button>
              </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${Array.from({ length: states }, (_, at) => html`<tr data-state=${at}>
            <th scope="row">${stateName(at)}</th>
            ${answer.places.map((one) => {
              const { predictions: [best], entropy } = one.states[at]!;
              const shade = level(best!.probability, 1);
              return html`<td
                class="source-text ${inks[Math.round(shade * 255)]!} ${one === place ? 'chosen' : ''}"
                .style=${`background: ${rampColor(theme.ramp, shade)}`}
                title=${`${visibleText(best!.token)} ${formatPercent(best!.probability)}, entropy ${formatWeight(entropy)} bits`}
                @click=${() => { this.chosen = one.index; }}
              >${visibleText(best!.token)}</td>`;
            })}
          </tr>`)}
        </tbody>
      </table>
    </div>`;
  }

  private curves(answer: PredictionsByDepth, place: PlaceByDepth): TemplateResult {
    const words = place.words.slice(0, mostCurves);
    const said = words
      .map(({ token, probabilities }) => `${visibleText(token)} ${formatPercent(probabilities.at(-1)!)} after the last layer`)
      .join(', ');
    return html`<headlight-layer-chart
      .series=${words.map(({ token, probabilities }) => ({ name: visibleText(token), values: probabilities }))}
      .unit=${'probability'}
      .fitted=${true}
      .label=${`Probability by layer at ${this.nameOf(answer, place)}: ${said}. “Show as table” gives the numbers.`}
      .shown=${place.states.length - 1}
    ></headlight-layer-chart>`;
  }

  private placeOf({ masked, places }: PredictionsByDepth): PlaceByDepth {
    const wanted = this.chosen ?? masked[0];
    return places.find(({ index }) => index === wanted) ?? places.find(({ index }) => index === masked[0]) ?? places[0]!;
  }

  private nameOf({ masked, tokens }: PredictionsByDepth, { index }: PlaceByDepth): string {
    return masked.includes(index) ? '▁▁▁' : tokenText(tokens[index]!);
  }

  private moved(event: KeyboardEvent, answer: PredictionsByDepth): void {
    const at = answer.places.indexOf(this.placeOf(answer));
    const last = answer.places.length - 1;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.chosen = answer.places[Math.min(last, Math.max(0, to))]!.index;
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>(`[data-place="${this.chosen!}"]`)?.focus();
    });
  }
}

/** The words that are followed, and the best of each state, in numbers. */
function placeTable({ states, words }: PlaceByDepth): TemplateResult {
  return html`<div class="scroller">
    <table data-followed>
      <thead>
        <tr>
          <th scope="col">State</th>
          ${words.map(({ token, reason }) => html`<th scope="col" class="number">
            <span class="source-text">${visibleText(token)}</span><br /><span class="muted">${reasons[reason]}</span>
          </th>`)}
          <th scope="col">Most probable</th>
        </tr>
      </thead>
      <tbody>
        ${states.map(({ predictions }, at) => html`<tr>
          <th scope="row">${stateName(at)}</th>
          ${words.map(({ probabilities, ranks }) => html`<td class="number">
            ${formatPercent(probabilities[at]!)} <span class="muted">#${ranks[at]!.toLocaleString('en')}</span>
          </td>`)}
          <td class="source-text">${predictions.map(({ token }) => visibleText(token)).join(', ')}</td>
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}
