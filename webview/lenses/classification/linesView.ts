import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { labelledLines } from '../../../src/lenses/classification/labelledLines';
import type { LensProgress } from '../../../src/lenses/calls';
import type { ModelInfo } from '../../../src/lenses/model';
import type { DocumentText, Subject } from '../../../src/panel/contract';
import { excerpt, visibleLine } from '../../../src/text/visibleText';
import { button, notice, select, selectStyles, sharedStyles } from '../../controls';
import type { EditorConnection } from '../../connection';
import { formatPercent, formatWeight } from '../../format';
import { Latest } from '../../latest';
import { frameStyles, loadState } from '../frame';
import { documentText } from '../senses/documentText';
import { className } from './classBars';
import { agreement, classifiedRows, type ClassifiedRow, linesOf, ordered } from './classifiedLines';
import { savedLines } from './saveClassification';
import type { LineOrder } from './viewState';

/** Lines that are listed at first, and that "Show more" adds. */
const listed = 100;
/** Characters of a line in the table. */
const textShown = 120;

interface Lines {
  readonly model: ModelInfo;
  readonly document: DocumentText;
  readonly rows: readonly ClassifiedRow[];
}

/** Every line of the document with its class. Emits `reveal` with a range of the document, and `order` with a `LineOrder`. */
@customElement('headlight-classified-lines')
export class ClassifiedLines extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    selectStyles,
    css`
      td,
      th {
        vertical-align: top;
      }
      td.number,
      th.number {
        width: 1%;
        padding-inline-end: 12px;
      }
      td.class {
        width: 30%;
        min-width: 12ch;
        padding-inline-end: 8px;
        overflow-wrap: anywhere;
      }
      .place {
        display: inline;
        padding: 0;
        border: none;
        color: inherit;
        background: none;
        font: inherit;
        text-align: start;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      .place:hover {
        text-decoration: underline;
      }
      .wrong {
        font-weight: 600;
        color: var(--vscode-foreground);
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) subject!: Subject;
  /** Whose classes the lines are told by. */
  @property({ attribute: false }) model!: ModelInfo;
  /** Its id, where it is not the one in force. */
  @property({ attribute: false }) inModel: string | null = null;
  @property() order: LineOrder = 'document';
  @state() private most = listed;
  @state() private progress: LensProgress | null = null;
  private readonly lines = new Latest<Lines>(this);
  private readonly saved = new Latest<string | null>(this);
  private asked: string | null = null;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('subject') && !changed.has('model')) return;
    const { source: { uri, version } } = this.subject;
    const key = JSON.stringify([uri, version, this.model.id, this.inModel]);
    if (key !== this.asked) this.load(key);
  }

  override render(): TemplateResult {
    const { lines } = this;
    return html`<div class="stack">
      ${loadState(lines, this.progress)}
      ${lines.loading ? html`<div class="bar">${button({ label: 'Stop', icon: 'debug-stop', onClick: lines.stop })}</div>` : nothing}
      ${lines.value ? this.table(lines.value) : nothing}
    </div>`;
  }

  private table(lines: Lines): TemplateResult {
    const { document, model, rows } = lines;
    if (rows.length === 0) return html`<p class="muted small">No line of the document holds anything to read.</p>`;
    const right = agreement(rows);
    const order = this.order === 'wrong' && !right ? 'document' : this.order;
    const sorted = ordered(rows, order);
    return html`
      <p data-summary>${counts(rows, model)}${right ? html` <strong>${right.right.toLocaleString('en')} of ${right.of.toLocaleString('en')}</strong> as labelled (${formatPercent(right.right / right.of)}).` : nothing}</p>
      ${document.whole ? nothing : notice('info', 'The document is very long: the part around what is shown was read.')}
      <div class="bar">
        ${select<LineOrder>({
          label: 'Order',
          value: order,
          options: [
            { value: 'document', label: 'as in the document' },
            ...(model.problemType === 'regression' ? [] : [{ value: 'unsure', label: 'most unsure first' } as const]),
            ...(right ? [{ value: 'wrong', label: 'most wrong first' } as const] : []),
          ],
          onChange: (chosen) => { this.dispatchEvent(new CustomEvent('order', { detail: chosen })); },
        })}
        ${button({ label: 'Save as CSV', onClick: () => { this.saveTable(sorted, model); } })}
        <span class="muted small" role="status">${this.saved.value ?? ''}</span>
      </div>
      ${this.saved.error === null ? nothing : notice('error', this.saved.error)}
      <table>
          <thead>
            <tr>
              <th scope="col" class="number">Line</th>
              <th scope="col">Class</th>
              <th scope="col">Text</th>
            </tr>
          </thead>
          <tbody>
            ${sorted.slice(0, this.most).map((row) => this.row(row, model))}
          </tbody>
        </table>
      ${rows.length > this.most
        ? html`<div class="bar"><span class="muted small">${this.most.toLocaleString('en')} of ${rows.length.toLocaleString('en')} lines</span>
            ${button({ label: 'Show more', onClick: () => { this.most += listed; } })}</div>`
        : nothing}
      <p class="muted small">
        Each line is read by itself. “Most unsure” is where the two most probable classes are nearest to each other. Lines that all begin
        with a class and a tab are compared with it.
      </p>
    `;
  }

  private row(row: ClassifiedRow, { labels, problemType }: ModelInfo): TemplateResult {
    const { cut, end, label, line, start, text, truth, values } = row;
    const isWrong = truth !== null && truth !== label;
    const value = values[label]!;
    return html`<tr data-line=${line}>
      <td class="number">${line.toLocaleString('en')}</td>
      <td class="class">
        ${className(labels![label]!)} <span class="number">${problemType === 'regression' ? formatWeight(value) : formatPercent(value)}</span>
        ${isWrong ? html`<div class="wrong">≠ ${className(labels![truth]!)}, as labelled</div>` : nothing}
      </td>
      <td class="text">
        <button type="button" class="place source-text" title="Go to it in the editor" @click=${() => { this.dispatchEvent(new CustomEvent('reveal', { detail: { start, end } })); }}
          >${excerpt(visibleLine(text), textShown)}</button>${cut ? html` <span class="muted">its beginning was read</span>` : nothing}
      </td>
    </tr>`;
  }

  private load(key: string): void {
    this.asked = key;
    this.most = listed;
    this.progress = null;
    const { editor, inModel, model, subject } = this;
    this.lines.load(async (signal) => {
      const document = await documentText(editor, subject);
      const read = labelledLines(linesOf(document).map(({ text }) => text), model.labels ?? []);
      const onProgress = (progress: LensProgress): void => { this.progress = progress; };
      const answer = await editor.call('classification/lines', { texts: read.map(({ text }) => text), ...(inModel !== null && { inModel }) }, { signal, onProgress });
      return { model: answer.model, document, rows: classifiedRows(document, read, answer) };
    }, { forget: true });
  }

  private saveTable(rows: readonly ClassifiedRow[], { labels, name }: ModelInfo): void {
    this.saved.load(async () => {
      const path = await this.editor.save(savedLines(rows, labels!, name));
      return path === null ? null : `Saved: ${path}`;
    }, { forget: true });
  }
}

/** "13 lines: 8 positive, 5 negative." */
function counts(rows: readonly ClassifiedRow[], { labels, problemType }: ModelInfo): string {
  const lines = `${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'line' : 'lines'}`;
  if (problemType === 'regression') return `${lines}.`;
  const found = labels!.map((label, index) => ({ label, count: rows.filter((row) => row.label === index).length })).filter(({ count }) => count > 0);
  const most = found.toSorted((a, b) => b.count - a.count).slice(0, 6).map(({ count, label }) => `${count.toLocaleString('en')} ${className(label)}`);
  return `${lines}: ${most.join(', ')}${found.length > most.length ? ', …' : ''}.`;
}
