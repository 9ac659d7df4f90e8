import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Patching } from '../../../src/lenses/evidence/patchContract';
import { sharedStyles } from '../../controls';
import { type GridPlace, moveInGrid } from '../../draw/grid';
import { inksOf } from '../../draw/ink';
import { memoize } from '../../memoize';
import { type Theme, ThemeController } from '../../theme';
import { differenceColor, differenceLegend, differenceShade } from '../attention/compare/differenceLegend';
import { legendStyles } from '../attention/legend';
import { tokenTitle } from '../tokenText';
import { cellText, columnName, copiedFrom, directionTexts, rowName, shareText } from './patchingTexts';

/** The effect of every patch as a table that is shaded by it. Emits `choose` with a `GridPlace` as `detail`. */
@customElement('headlight-patching-map')
export class PatchingMap extends LitElement {
  static override styles = [
    sharedStyles,
    legendStyles,
    css`
      .scroller {
        position: relative;
        overflow-x: auto;
        max-height: max(320px, 80vh);
        /* What stays in sight beside and above the cells. */
        scroll-padding: 3.2em 0 0 7em;
      }
      table {
        width: auto;
        border-collapse: separate;
        border-spacing: 1px;
      }
      th,
      td {
        padding: 0;
        border: none;
        font-weight: normal;
        text-align: center;
        white-space: nowrap;
      }
      thead th {
        position: sticky;
        top: 0;
        z-index: 1;
        max-width: 9em;
        padding: 0 4px 2px;
        vertical-align: bottom;
        overflow: hidden;
        text-overflow: ellipsis;
        background: var(--vscode-editor-background);
      }
      thead td {
        position: sticky;
        top: 0;
        left: 0;
        z-index: 2;
        background: var(--vscode-editor-background);
      }
      thead th.alone {
        color: var(--headlight-muted);
        text-decoration: line-through;
      }
      thead .copied {
        display: block;
        font-size: 0.9em;
      }
      tbody th {
        position: sticky;
        left: 0;
        padding-right: 8px;
        text-align: start;
        background: var(--vscode-editor-background);
      }
      button {
        display: block;
        width: 100%;
        min-width: 40px;
        height: 22px;
        padding: 0 4px;
        border: 1px solid transparent;
        border-radius: 2px;
        font: inherit;
        font-variant-numeric: tabular-nums;
        color: inherit;
        background: none;
        cursor: pointer;
      }
      button.white {
        color: #fff;
      }
      button.black {
        color: #000;
      }
      button.none {
        color: var(--headlight-muted);
        cursor: default;
      }
      button[aria-pressed='true'] {
        border-color: var(--vscode-focusBorder);
        box-shadow: inset 0 0 0 1px var(--vscode-editor-background);
        font-weight: 600;
      }
      .readout {
        min-height: 1.4em;
        margin-top: 8px;
        font-size: var(--headlight-small);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) patching!: Patching;
  @property({ attribute: false }) chosen: GridPlace | null = null;
  @state() private focused: GridPlace = { row: 0, column: 0 };
  @state() private pointed: GridPlace | null = null;
  private readonly themed = new ThemeController(this);
  private readonly inks = memoize((theme: Theme) => ({ below: inksOf(theme.diverging.below, theme.foreground), above: inksOf(theme.diverging.above, theme.foreground) }));

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('chosen') && this.chosen) this.showColumn(this.cellAt(this.chosen)!);
  }

  override render(): TemplateResult {
    const { patching, pointed } = this;
    const { columns, from, of, rows, tokens } = patching;
    const max = largest(patching);
    const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
    return html`<div class="scroller">
        <table @keydown=${this.moved} @pointerleave=${() => { this.pointed = null; }}>
          <caption class="visually-hidden">Share of the difference that each patch has ${directionTexts[patching.direction].effect}</caption>
          <thead>
            <tr>
              <td></td>
              ${range(columns).map((column) => {
                const copied = copiedFrom(patching, column);
                const isAlone = of === 'states' && (from[column] ?? null) === null;
                return html`<th
                  scope="col"
                  class="source-text ${isAlone ? 'alone' : ''}"
                  title=${of === 'heads' ? nothing : isAlone ? 'No counterpart in the other text: stays as it is' : tokenTitle(tokens[column]!)}
                >${copied === null ? nothing : html`<span class="copied muted">${copied}<span class="visually-hidden"> into</span></span>`}${of === 'heads' ? column : columnName(patching, column)}</th>`;
              })}
            </tr>
          </thead>
          <tbody>
            ${range(rows).map((row) => html`<tr>
              <th scope="row">${rowName(patching, row)}</th>
              ${range(columns).map((column) => html`<td>${this.cell(row, column, max)}</td>`)}
            </tr>`)}
          </tbody>
        </table>
      </div>
      <p class="readout" data-readout>${pointed ? cellText(patching, pointed.row, pointed.column) : html`<span class="muted">Point at a cell for its number; press it for what the model says then.</span>`}</p>
      ${differenceLegend(this.themed.theme.diverging, max, 'square-root scale; 1 is all of the difference')}`;
  }

  private cell(row: number, column: number, max: number): TemplateResult {
    const { chosen, focused, patching, themed: { theme } } = this;
    const effect = patching.effect[row * patching.columns + column]!;
    const isPatched = !Number.isNaN(effect);
    const place = { row, column };
    const ink = isPatched ? (effect < 0 ? this.inks(theme).below : this.inks(theme).above)[Math.round(differenceShade(effect, max) * 255)]! : 'none';
    return html`<button
      type="button"
      class=${ink}
      .style=${isPatched ? `background: ${differenceColor(theme.diverging, effect, max)}` : ''}
      tabindex=${focused.row === row && focused.column === column ? 0 : -1}
      aria-pressed=${isPatched ? chosen?.row === row && chosen.column === column : nothing}
      aria-disabled=${isPatched ? nothing : 'true'}
      aria-label=${cellText(patching, row, column)}
      data-cell="${row}.${column}"
      @pointerenter=${() => { this.pointed = place; }}
      @focus=${() => { this.focused = place; this.pointed = place; }}
      @click=${() => { if (isPatched) this.dispatchEvent(new CustomEvent('choose', { detail: place })); }}
    >${isPatched ? shareText(effect) : '·'}</button>`;
  }

  private cellAt({ column, row }: GridPlace): HTMLElement | null {
    return this.renderRoot.querySelector(`[data-cell="${row}.${column}"]`);
  }

  /** Scrolls sideways as far as a cell is out of sight, and leaves the page where it is. */
  private showColumn(cell: HTMLElement): void {
    const scroller = this.renderRoot.querySelector('.scroller')!;
    const [own, all, name] = [cell, scroller, scroller.querySelector('tbody th')!].map((element) => element.getBoundingClientRect()) as [DOMRect, DOMRect, DOMRect];
    scroller.scrollLeft += Math.max(0, own.right - all.right) - Math.max(0, name.right - own.left);
  }

  private readonly moved = (event: KeyboardEvent): void => {
    const to = moveInGrid(event.key, this.focused, this.patching.rows, this.patching.columns);
    if (!to) return;
    event.preventDefault();
    this.cellAt(to)?.focus();
  };
}

/** End of the scale: all of the difference at least, so that maps without an effect are pale. */
export function largest({ effect }: Pick<Patching, 'effect'>): number {
  return effect.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value))), 1);
}
