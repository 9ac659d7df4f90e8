import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { generations } from '../../../src/lenses/lineage/generations';
import type { TranslationScore } from '../../../src/lenses/translation/contract';
import { level, rampColor } from '../../../src/picture/ramp';
import { visibleText } from '../../../src/text/visibleText';
import type { EditorConnection } from '../../connection';
import { button, sharedStyles, textAreaStyles } from '../../controls';
import { inksOf } from '../../draw/ink';
import { Latest } from '../../latest';
import { memoize } from '../../memoize';
import { ThemeController, type Theme } from '../../theme';
import { frameStyles, loadState } from '../frame';
import { lostPieces, piecesOf, type ReferencePiece } from './referenceScores';
import { tableStyles } from './tableStyles';

/** Characters of a reference: more than any model here writes. */
const longestReference = 2000;
/** Bits at which a cell has the strongest colour: a chance of one in a million. */
const mostBits = 20;
/** Pieces that are named as lost, and by how many bits at least. */
const [mostLost, leastLost] = [5, 3];

/**
 * What each generation gives a translation that the reader knows to be good. Emits `reference` with its text, and `scored`
 * with the scores in the order of the generations.
 */
@customElement('headlight-lineage-reference')
export class LineageReference extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    textAreaStyles,
    tableStyles,
    css`
      .scroller {
        overflow-x: auto;
      }
      .outdated {
        opacity: 0.6;
      }
      table {
        max-width: 720px;
      }
      td.white {
        color: #fff;
      }
      td.black {
        color: #000;
      }
      td.number.bits {
        padding-right: 6px;
      }
      tr.lost th {
        font-weight: 700;
        color: var(--vscode-foreground);
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property() text = '';
  @property() reference = '';
  /** Whether each model is there to be asked, in the order of the generations. */
  @property({ attribute: false }) present: readonly boolean[] = [];
  private readonly themed = new ThemeController(this);
  private readonly inksOf = memoize((theme: Theme) => inksOf(theme.ramp, theme.foreground));
  private readonly scores = generations.map(() => new Latest<TranslationScore>(this, () => {
    this.dispatchEvent(new CustomEvent('scored', { detail: this.answers }));
  }));

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('text') && !changed.has('reference')) return;
    const { editor, reference, text } = this;
    this.scores.forEach((score, at) => {
      if (reference === '' || this.present[at] === false) {
        score.value = null;
        return;
      }
      const inModel = generations[at]!.model;
      score.load((signal) => editor.call('translation/score', { inModel, text, translation: reference, alternatives: 0, attention: false }, { signal }), { forget: true });
    });
  }

  override render(): TemplateResult {
    return html`<section class="card stack" aria-label="What was lost">
      <div>
        <h2>What was lost</h2>
        <p class="muted small">
          Give a good translation: each model is made to write it, and says how surprised it is by each piece, in bits (−log₂ of its
          probability). Few bits: it would have written that too.
        </p>
      </div>
      <form class="stack" @submit=${(event: Event) => { event.preventDefault(); this.submit(); }}>
        <label
          >A translation to compare with
          <textarea
            rows="2"
            maxlength=${longestReference}
            dir="auto"
            placeholder="La vaca saltó sobre la luna."
            .value=${this.reference}
            @keydown=${this.pressed}
          ></textarea
        ></label>
        <div class="bar">
          ${button({ label: 'Score it', onClick: () => { this.submit(); } })}
          ${this.reference === '' ? nothing : button({ label: 'Clear', onClick: () => { this.give(''); } })}
        </div>
      </form>
      ${this.reference === '' ? nothing : this.answered()}
    </section>`;
  }

  private get answers(): (TranslationScore | null)[] {
    return this.scores.map(({ value }) => value);
  }

  private answered(): TemplateResult {
    const { answers } = this;
    const pieces = piecesOf(answers);
    const waiting = this.scores.find(({ loading }) => loading);
    return html`${waiting && answers.every((answer) => answer === null) ? loadState(waiting, null) : nothing}
      ${this.scores.map((score) => (score.error === null ? nothing : loadState(score, null)))}
      ${answers.some((answer) => answer !== null) ? html`${this.totals(answers)}${pieces ? this.table(pieces, answers) : html`<p class="muted small">The models cut this translation into different pieces, so that they are not listed side by side.</p>`}` : nothing}`;
  }

  private totals(answers: readonly (TranslationScore | null)[]): TemplateResult {
    return html`<table data-totals>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" class="number">Bits per token</th>
          <th scope="col" class="number">Perplexity</th>
        </tr>
      </thead>
      <tbody>
        ${generations.map(({ model, year }, at) => {
          const score = answers[at];
          return html`<tr>
            <th scope="row" title=${year}>${model}</th>
            <td class="number">${score ? score.bitsPerToken.toFixed(2) : '–'}</td>
            <td class="number">${score ? perplexityText(score.perplexity) : '–'}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }

  private table(pieces: readonly ReferencePiece[], answers: readonly (TranslationScore | null)[]): TemplateResult {
    const { theme } = this.themed;
    const inks = this.inksOf(theme);
    const last = generations.length - 1;
    const lost = answers[0] && answers[last] ? lostPieces(pieces, 0, last, mostLost, leastLost) : [];
    const [first, newest] = [generations[0]!.model, generations[last]!.model];
    return html`${lost.length > 0
        ? html`<p class="small" data-lost>
            Lost on <code>${first}</code>, and not on <code>${newest}</code>:
            ${lost.map((at, index) => html`${index > 0 ? ', ' : ''}<strong class="source-text">${visibleText(pieces[at]!.token)}</strong> (${(pieces[at]!.bits[0]! - pieces[at]!.bits[last]!).toFixed(1)} bits more)`)}.
          </p>`
        : nothing}
      <div class="scroller" tabindex="0">
        <table data-pieces>
          <caption class="visually-hidden">Bits of each piece of the reference</caption>
          <thead>
            <tr>
              <th scope="col">Piece</th>
              ${generations.map(({ model }) => html`<th scope="col" class="number">${model}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${pieces.map(({ bits, token }, at) => html`<tr class=${lost.includes(at) ? 'lost' : ''}>
              <th scope="row" class="source-text">${visibleText(token)}</th>
              ${bits.map((value) => {
                if (value === null) return html`<td class="number bits">–</td>`;
                const shade = level(Math.min(value, mostBits), mostBits);
                return html`<td class="number bits ${inks[Math.round(shade * 255)]!}" .style=${`background: ${rampColor(theme.ramp, shade)}`}>${value.toFixed(1)}</td>`;
              })}
            </tr>`)}
          </tbody>
        </table>
      </div>`;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.submit();
  };

  private submit(): void {
    this.give(this.renderRoot.querySelector('textarea')!.value.trim());
  }

  private give(text: string): void {
    this.dispatchEvent(new CustomEvent('reference', { detail: text }));
  }
}

function perplexityText(perplexity: number): string {
  return perplexity >= 1000 ? Math.round(perplexity).toLocaleString('en') : perplexity.toPrecision(3);
}
