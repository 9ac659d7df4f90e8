import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type Switches, nothingOff } from '../../src/lenses/whatIf/contract';
import { offText } from '../../src/lenses/whatIf/describe';
import { visibleLine } from '../../src/text/visibleText';
import type { EditorConnection } from '../connection';
import { sharedStyles } from '../controls';
import { Latest } from '../latest';
import { frameStyles, loadState } from '../lenses/frame';
import type { ViewContext } from '../lenses/view';
import { type Asked, askedToCompare, outcomesOf } from './asked';
import { changedWords } from './changedWords';
import type { Cell, OutcomeGroup, OutcomeRow, Outcomes } from './outcomes/outcome';
import type { WhatIf } from './whatIf';

/** One way of switching the model. */
interface Way {
  readonly name: string;
  readonly switches: Switches;
}

/**
 * What a view shows with all on beside what it shows now, with the difference, and under the kept sets that the reader
 * compares; nothing while all is on and no set is compared.
 * @param told is given the answers, the first with all on
 */
export function beforeAfter({ editor, whatIf }: Pick<ViewContext, 'editor' | 'whatIf'>, asked: Asked | null, told: BeforeAfter['told'] = null): TemplateResult | typeof nothing {
  const model = asked?.request.inModel;
  if (!asked || !whatIf || (whatIf.isAllOn(model) && whatIf.comparedOf(model).length === 0)) return nothing;
  return html`<headlight-before-after .editor=${editor} .whatIf=${whatIf} .asked=${asked} .told=${told}></headlight-before-after>`;
}

/** Asks one question under several ways of switching a model and draws the answers side by side. */
@customElement('headlight-before-after')
export class BeforeAfter extends LitElement {
  static override styles = [
    sharedStyles,
    ...frameStyles,
    css`
      .scroll {
        overflow-x: auto;
      }
      th[scope='row'] {
        min-width: 11ch;
        color: inherit;
        font-weight: inherit;
        overflow-wrap: normal;
      }
      thead th.number {
        min-width: 8ch;
        white-space: normal;
        vertical-align: bottom;
      }
      thead th:first-child {
        vertical-align: bottom;
      }
      @container (max-width: 320px) {
        th[scope='row'] {
          min-width: 0;
        }
        thead th.number {
          min-width: 0;
        }
        th.number,
        td.number {
          padding-left: 4px;
        }
      }
      .difference {
        font-weight: 600;
      }
      .written {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 4px 12px;
        align-items: baseline;
      }
      .way {
        display: contents;
      }
      mark {
        color: inherit;
        background: none;
        font-weight: 700;
        text-decoration: underline 2px;
        text-underline-offset: 3px;
      }
    `,
  ];

  @property({ attribute: false }) editor!: EditorConnection;
  @property({ attribute: false }) whatIf!: WhatIf;
  @property({ attribute: false }) asked!: Asked;
  /** Is given the answers, the first with all on. */
  @property({ attribute: false }) told: ((answers: readonly unknown[]) => void) | null = null;
  @state() private ways: readonly Way[] = [];
  private readonly outcomes = new Latest<{ readonly of: readonly Way[]; readonly outcomes: Outcomes }>(this);
  private key = '';

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('asked') && !changed.has('whatIf')) return;
    const { asked, whatIf } = this;
    const model = asked.request.inModel;
    const off = whatIf.off(model);
    const now = offText(off);
    this.ways = [
      { name: 'all on', switches: nothingOff },
      ...(now === '' ? [] : [{ name: now, switches: off }]),
      ...whatIf.comparedOf(model).map(({ name, switches }) => ({ name: visibleLine(name), switches })),
    ];
    const key = JSON.stringify([asked.method, asked.request, this.ways]);
    if (key === this.key) return;
    this.key = key;
    this.load();
  }

  override render(): TemplateResult {
    const { value } = this.outcomes;
    return html`<section class="card stack" aria-label="Before and after" aria-busy=${this.outcomes.loading}>
      <h2>Before and after <span class="muted small">with all on, and with ${this.ways.slice(1).map(({ name }) => name).join('; ')}</span></h2>
      ${loadState(this.outcomes, null)}
      ${value ? html`${value.outcomes.written ? written(value.of, value.outcomes.written) : nothing} ${value.outcomes.groups.map((group) => table(group, value.of))}` : nothing}
    </section>`;
  }

  private load(): void {
    const { asked, editor, ways } = this;
    const request = askedToCompare(asked);
    this.outcomes.load(async (signal) => {
      const answers: unknown[] = [];
      // One after the other: the engine takes the later of two alike.
      for (const { switches } of ways) answers.push(await editor.call(asked.method, { ...request, switches }, { signal }));
      if (!signal.aborted) this.told?.(answers);
      return { of: ways, outcomes: outcomesOf(asked, answers) };
    });
  }
}

function table({ heading, rows }: OutcomeGroup, ways: readonly Way[]): TemplateResult {
  if (rows.length === 0) return html`<p class="muted small">${heading}: none does.</p>`;
  // Where it is wider than the panel, it is scrolled by keyboard too.
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${heading} before and after"><table>
    <caption class="visually-hidden">${heading} before and after</caption>
    <thead>
      <tr>
        <th scope="col" class="source-text">${heading}</th>
        ${ways.map(({ name }, at) => html`<th scope="col" class="number">${name}</th>${at > 0 ? html`<th scope="col" class="number">${at === 1 ? 'Difference' : 'Difference from all on'}</th>` : nothing}`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) => html`<tr data-outcome=${row.label}>
          <th scope="row"><span class="source-text">${row.label}</span>${row.note === undefined ? nothing : html` <span class="muted">· ${row.note}</span>`}</th>
          ${row.cells.map((cell, at) => html`<td class="number">${cell.text}${rankText(cell)}</td>${at > 0 ? html`<td class="number difference">${difference(row, at)}</td>` : nothing}`)}
        </tr>`,
      )}
    </tbody>
  </table></div>`;
}

function rankText({ rank }: Cell): TemplateResult | typeof nothing {
  return rank === null || rank === undefined ? nothing : html` <span class="muted">(${rank.toLocaleString('en')}.)</span>`;
}

/** With its sign; a probability in percentage points, with how its place changes. */
function difference({ cells, probability }: OutcomeRow, at: number): string {
  const [before, now] = [cells[0]!, cells[at]!];
  if (before.value === null || now.value === null) return '–';
  const by = now.value - before.value;
  const sign = by > 0 ? '+' : by < 0 ? '−' : '±';
  const size = Math.abs(by) * (probability ? 100 : 1);
  const digits = probability ? (size < 0.95 ? 2 : 1) : Number.isInteger(by) ? 0 : 3;
  const places = before.rank && now.rank && before.rank !== now.rank ? `, ${before.rank} → ${now.rank}` : '';
  return `${sign}${size.toFixed(digits)}${probability ? '\u202fpp' : ''}${places}`;
}

/** What was written each way; words that the text with all on, or for that the next one, does not have are marked. */
function written(ways: readonly Way[], texts: readonly string[]): TemplateResult {
  return html`<div class="written" role="table" aria-label="What is written">
    ${ways.map(({ name }, at) => {
      const words = changedWords(texts[at]!, texts[at === 0 ? 1 : 0] ?? texts[at]!);
      return html`<div role="row" class="way">
        <span role="rowheader" class="muted small">${name}</span>
        <span role="cell" class="source-text" dir="auto" data-written=${name}>${words.map(({ changed, text }) => (changed ? html`<mark>${text}</mark>` : text))}</span>
      </div>`;
    })}
  </div>`;
}
