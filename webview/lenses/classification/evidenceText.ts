import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Evidence } from '../../../src/lenses/classification/contract';
import type { Source } from '../../../src/panel/contract';
import { rampColor, type Ramp } from '../../../src/picture/ramp';
import { visibleLine, visibleText } from '../../../src/text/visibleText';
import { sharedStyles } from '../../controls';
import { inksOf, type Ink } from '../../draw/ink';
import { formatPercent, formatWeight } from '../../format';
import { memoize } from '../../memoize';
import type { DivergingRamp } from '../../draw/strip';
import { ThemeController, type Theme } from '../../theme';
import { legendStyles } from '../attention/legend';
import { className } from './classBars';
import { shadesOf, textOf, wordInDocument, wordText } from './evidenceWords';
import { formatPoints, formatSigned } from './numbers';
import type { Shading } from './viewState';

/** How far along the ramps the largest number stands: at their ends, hues are all but gone. */
const strongest = 0.72;
/** Evidence that is smaller, as a share of the largest, gets no line. */
const leastLine = 0.04;

/**
 * The text with its words shaded by what they do for the class, or by attention. For and against are told by the line
 * below a word too. Emits `reveal` with a word's range in the document.
 */
@customElement('headlight-evidence-text')
export class EvidenceText extends LitElement {
  static override styles = [
    sharedStyles,
    legendStyles,
    css`
      .text {
        line-height: 2;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
        unicode-bidi: isolate;
        font-family: var(--vscode-editor-font-family, monospace);
      }
      .text + .text {
        padding-top: 8px;
        border-top: 1px solid var(--headlight-border);
      }
      button {
        display: inline;
        margin: 0;
        padding: 2px 1px;
        border: none;
        border-radius: 2px 2px 0 0;
        color: inherit;
        background: none;
        font: inherit;
        cursor: pointer;
        text-decoration-thickness: var(--line, 1px);
        text-underline-offset: 4px;
      }
      button.white {
        color: #fff;
      }
      button.black {
        color: #000;
      }
      button.for {
        text-decoration-line: underline;
        text-decoration-style: solid;
      }
      button.against {
        text-decoration-line: underline;
        text-decoration-style: dashed;
      }
      .readout {
        min-height: 1.4em;
      }
      .legend {
        flex-wrap: wrap;
      }
      .legend .sample {
        color: var(--vscode-foreground);
        text-decoration-line: underline;
        text-decoration-thickness: 2px;
        text-underline-offset: 3px;
      }
      .legend .sample.against {
        text-decoration-style: dashed;
      }
    `,
  ];

  @property({ attribute: false }) evidence!: Evidence;
  @property({ attribute: false }) source!: Source;
  @property() shading: Shading = 'evidence';
  /** The word that the numbers below are of; the one with the most evidence until the reader points at another. */
  @state() private pointed: number | null = null;
  private readonly themed = new ThemeController(this);
  private readonly inks = memoize((theme: Theme) => ({
    ramp: inksOf(theme.ramp, theme.foreground),
    above: inksOf(theme.diverging.above, theme.foreground),
    below: inksOf(theme.diverging.below, theme.foreground),
  }));

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('evidence')) this.pointed = null;
  }

  override render(): TemplateResult {
    const { evidence, shading } = this;
    const shades = shadesOf(evidence, shading) ?? [];
    const most = Math.max(Number.MIN_VALUE, ...Array.from(shades, Math.abs));
    const at = Math.min(this.pointed ?? Array.from(shades, Math.abs).indexOf(most), evidence.words.length - 1);
    const segments = ([0, 1] as const).filter((segment) => evidence.words.some((word) => word.segment === segment));
    return html`<div class="stack">
      <div @keydown=${this.move}>
        ${segments.map((segment) => html`<div class="text" dir="auto" data-segment=${segment}>${this.words(segment, shades, most, at)}</div>`)}
      </div>
      <p class="small readout" data-readout>${at < 0 ? nothing : this.readout(at)}</p>
      ${shading === 'evidence' ? this.legend(most) : this.weights(most)}
    </div>`;
  }

  private words(segment: 0 | 1, shades: ArrayLike<number>, most: number, at: number): (TemplateResult | string)[] {
    const { evidence, source } = this;
    const { text } = textOf(source, { segment });
    const own = evidence.words.flatMap((word, index) => (word.segment === segment ? [{ ...word, index }] : []));
    const between = (from: number, to: number): string => visibleLine(text.slice(from, to));
    return own.flatMap((word, place) => {
      const before = place === 0 ? (word.start > 0 && text.slice(0, word.start).trim() !== '' ? '… ' : '') : between(own[place - 1]!.end, word.start);
      const isLast = place === own.length - 1;
      const after = isLast && text.slice(word.end).trim() !== '' ? ' …' : '';
      return [before, this.word(word.index, shades[word.index] ?? 0, most, word.index === at), after];
    });
  }

  private word(index: number, shade: number, most: number, isPointed: boolean): TemplateResult {
    const { evidence, shading, source, themed: { theme } } = this;
    const word = evidence.words[index]!;
    const isEvidence = shading === 'evidence';
    const strength = Math.abs(shade) / most;
    const ramp = isEvidence ? rampOf(theme.diverging, shade) : theme.ramp;
    const inks = this.inks(theme);
    const ink = inkOf(isEvidence ? (shade < 0 ? inks.below : inks.above) : inks.ramp, strength);
    const line = !isEvidence || Math.abs(shade) < leastLine * most ? '' : shade > 0 ? 'for' : 'against';
    return html`<button
      type="button"
      class="${line} ${ink}"
      data-word=${index}
      tabindex=${isPointed ? 0 : -1}
      aria-label="${visibleText(wordText(source, word))}: ${this.said(index)}"
      .style=${`background-color: ${rampColor(ramp, strongest * strength)}; --line: ${1 + Math.round(2 * strength)}px`}
      @click=${() => { this.dispatchEvent(new CustomEvent('reveal', { detail: wordInDocument(source, word) })); }}
      @pointerenter=${() => { this.pointed = index; }}
      @focus=${() => { this.pointed = index; }}
    >${visibleText(wordText(source, word))}</button>`;
  }

  /** What a word does, without the word. */
  private said(index: number): string {
    const { evidence: { attention, model, of, words } } = this;
    const { logit, probability } = words[index]!;
    const name = className(model.labels![of]!);
    const does = logit === 0 ? `does nothing for ${name}` : `speaks ${logit > 0 ? 'for' : 'against'} ${name}`;
    return [
      `${does}, ${formatSigned(logit)} ${model.problemType === 'regression' ? '' : 'log-odds'}`.trim(),
      ...(probability === null ? [] : [`${formatPoints(probability)} points of probability`]),
      ...(attention ? [`${formatPercent(attention.mean[index]!)} of the attention`] : []),
      ...(attention?.best ? [`${formatPercent(attention.best.weights[index]!)} of head ${attention.best.head}’s`] : []),
    ].join('; ');
  }

  private readout(index: number): TemplateResult {
    const word = this.evidence.words[index]!;
    return html`<span class="source-text">${visibleText(wordText(this.source, word))}</span> ${this.said(index)}.`;
  }

  private weights(most: number): TemplateResult {
    const { ramp } = this.themed.theme;
    return html`<div class="legend">
      <span class="number">0</span>
      <span class="scale" role="presentation" .style=${`background: linear-gradient(to right, ${rampColor(ramp, 0)}, ${rampColor(ramp, strongest / 2)}, ${rampColor(ramp, strongest)})`}></span>
      <span class="number">${formatPercent(most)}</span>
      <span>of the attention</span>
    </div>`;
  }

  private legend(most: number): TemplateResult {
    const { diverging } = this.themed.theme;
    const stops = Array.from({ length: 33 }, (_, index) => `${rampColor(rampOf(diverging, index - 16), (strongest * Math.abs(index - 16)) / 16)} ${(index / 32) * 100}%`);
    return html`<div class="legend">
      <span class="number">${formatWeight(-most)}</span>
      <span class="scale" role="presentation" .style=${`background: linear-gradient(to right, ${stops.join(', ')})`}></span>
      <span class="number">+${formatWeight(most)}</span>
      <span><span class="sample">solid line</span>: for · <span class="sample against">dashed</span>: against</span>
    </div>`;
  }

  /** One stop of the Tab key for all words; arrows go from word to word. */
  private readonly move = (event: KeyboardEvent): void => {
    const words = Array.from(this.renderRoot.querySelectorAll<HTMLElement>('[data-word]'));
    const at = words.findIndex((word) => word.matches(':focus'));
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: words.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    words[Math.min(words.length - 1, Math.max(0, next))]!.focus();
  };
}

function rampOf({ above, below }: DivergingRamp, value: number): Ramp {
  return value < 0 ? below : above;
}

function inkOf(inks: readonly Ink[], strength: number): Ink {
  return inks[Math.round(strongest * strength * 255)]!;
}

