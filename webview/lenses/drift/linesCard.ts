import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Drift, PredictionChange } from '../../../src/lenses/drift/contract';
import { type PickedLine, placeInDocument } from '../../../src/lenses/drift/pickLines';
import type { TextRange } from '../../../src/text/range';
import { excerpt, visibleLine, visibleText } from '../../../src/text/visibleText';
import { button, linkStyles, sharedStyles } from '../../controls';
import { formatPercent } from '../../format';
import { memoize } from '../../memoize';
import { driftText } from './driftText';
import type { LineOrder } from './viewState';

/** Lines that are listed until the reader asks for all. */
const listed = 30;
/** Characters of a line that are shown. */
const shownCharacters = 160;

const orders: readonly { readonly value: LineOrder; readonly label: string }[] = [
  { value: 'attention', label: 'Attention' },
  { value: 'predictions', label: 'Predictions' },
  { value: 'document', label: 'Line' },
];

/** A line with what moved on it. */
interface DriftOfLine {
  readonly index: number;
  readonly divergence: number;
  readonly changes: readonly PredictionChange[];
}

/** The line whose attention moved most; 0 for none. */
export function mostMoved({ lineDivergence }: Drift): number {
  return lineDivergence.indexOf(Math.max(...lineDivergence));
}

/**
 * The compared lines, with how far attention moved on each and the predictions that changed. Emits `reveal` with a range of
 * the document, `line` with the index of a line that the reader chose, and `order`.
 */
@customElement('headlight-drift-lines')
export class DriftLines extends LitElement {
  static override styles = [
    sharedStyles,
    linkStyles,
    css`
      @container (min-width: 480px) {
        .card {
          padding: 12px;
        }
      }
      td.text {
        width: 100%;
      }
      tbody th,
      tbody td {
        vertical-align: top;
      }
      tr[aria-current='true'] th {
        box-shadow: inset 2px 0 var(--vscode-focusBorder);
        padding-left: 6px;
      }
      .changes {
        display: flex;
        flex-direction: column;
        gap: 2px;
        margin-top: 2px;
      }
    `,
  ];

  @property({ attribute: false }) drift!: Drift;
  @property({ attribute: false }) lines: readonly PickedLine[] = [];
  @property() order: LineOrder = 'attention';
  /** Index of the line that heads are opened over. */
  @property({ attribute: false }) chosen = 0;
  @state() private all = false;
  private readonly linesOf = memoize(orderedLines);

  override render(): TemplateResult {
    const { all, drift, order } = this;
    const ordered = this.linesOf(drift, order);
    return html`<section class="card stack" aria-label="Lines">
      <div class="bar spread">
        <h2>Lines</h2>
        <headlight-segmented
          label="Order of lines"
          .value=${order}
          .segments=${orders}
          @choose=${({ detail }: CustomEvent<LineOrder>) => { this.dispatchEvent(new CustomEvent('order', { detail })); }}
        ></headlight-segmented>
      </div>
      <p class="muted small" data-predictions>${predictionsInWords(drift)}</p>
      <table>
        <caption class="visually-hidden">
          Lines, with the mean divergence of attention and the predictions that changed
        </caption>
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Text and changed predictions</th>
            <th scope="col" class="number" title="Mean Jensen–Shannon divergence over all heads and the line’s tokens">Bits</th>
          </tr>
        </thead>
        <tbody>
          ${ordered.slice(0, all ? ordered.length : listed).map((line) => this.row(line))}
        </tbody>
      </table>
      ${ordered.length > listed && !all ? html`<div class="bar">${button({ label: `Show all ${ordered.length} lines`, onClick: () => { this.all = true; } })}</div>` : nothing}
    </section>`;
  }

  private row({ index, divergence, changes }: DriftOfLine): TemplateResult {
    const { label, line, text } = this.lines[index]!;
    const place = (range: TextRange): TextRange => placeInDocument(this.lines[index]!, range);
    return html`<tr data-line=${line} aria-current=${index === this.chosen}>
      <th scope="row">
        <button class="link" type="button" aria-label=${`Go to line ${line}`} @click=${() => { this.go(index, place({ start: 0, end: text.length })); }}>${line}</button>
      </th>
      <td class="text">
        ${label === undefined ? nothing : html`<span class="muted source-text" title="Its label in the file">${visibleText(label)}:</span>`}
        <span class="source-text" dir="auto" title=${visibleLine(text)}>${excerpt(text, shownCharacters)}</span>
        ${changes.length === 0
          ? nothing
          : html`<ul class="changes">
              ${changes.map(({ start, end, before, after }) => html`<li>
                ${this.drift.predictions!.kind === 'class'
                  ? 'class'
                  : html`<button
                      class="link source-text"
                      type="button"
                      aria-label=${`Go to “${visibleText(text.slice(start, end))}” in line ${line}`}
                      @click=${() => { this.go(index, place({ start, end })); }}
                    >${visibleText(text.slice(start, end))}</button>`}:
                <span class="source-text">${visibleText(before.token)}</span> <span class="number muted">${formatPercent(before.probability)}</span> →
                <span class="source-text">${visibleText(after.token)}</span> <span class="number muted">${formatPercent(after.probability)}</span>
              </li>`)}
            </ul>`}
      </td>
      <td class="number">${driftText(divergence)}</td>
    </tr>`;
  }

  private go(index: number, range: TextRange): void {
    this.dispatchEvent(new CustomEvent<number>('line', { detail: index }));
    this.dispatchEvent(new CustomEvent<TextRange>('reveal', { detail: range }));
  }
}

function orderedLines(drift: Drift, order: LineOrder): DriftOfLine[] {
  const lines = Array.from(drift.lineDivergence, (divergence, index): DriftOfLine & { changes: PredictionChange[] } => ({ index, divergence, changes: [] }));
  for (const change of drift.predictions?.changes ?? []) lines[change.line]!.changes.push(change);
  const bits = ({ changes }: DriftOfLine): number => changes.reduce((sum, { divergence }) => sum + divergence, 0);
  if (order === 'attention') lines.sort((a, b) => b.divergence - a.divergence);
  if (order === 'predictions') lines.sort((a, b) => b.changes.length - a.changes.length || bits(b) - bits(a));
  return lines;
}

function predictionsInWords({ predictions, noPredictions }: Drift): string {
  if (!predictions) return noPredictions ?? '';
  const { changes, divergence, kind, places } = predictions;
  if (kind === 'class') return `Each of ${places} lines was classified: of ${changes.length} the class is another, and Kullback–Leibler divergence is ${driftText(divergence)} bits in the mean.`;
  const asked = kind === 'masked'
    ? `Single tokens of words were masked, about one in eight of a line, at ${places} places that follow from the lines themselves`
    : `The next token was asked for at ${places} places that follow from the lines themselves, about one in eight`;
  return `${asked}: at ${changes.length} of them the most probable token is another, and Kullback–Leibler divergence is ${driftText(divergence)} bits in the mean.`;
}
