import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { sharedStyles } from '../../controls';
import { prepareCanvas } from '../../draw/canvas';
import { moveInGrid, type GridPlace } from '../../draw/grid';
import { matrixHit, matrixLayout, type MatrixLayout } from '../../draw/matrix';
import { Measured } from '../../measured';
import { ThemeController } from '../../theme';
import { sideNames } from './drawings';
import type { AxisItem, HeadView } from './headView';
import { pairReadout, readoutStyles } from './pairReadout';
import { paintMatrix, type CellColor } from './paintMatrix';
import type { Pair } from '../../whatIf/tokenSwitches';
import type { Followed } from './viewState';

/** Width of a character of the editor's font, in ems, and the most room for labels in pixels. */
const characterWidth = 0.61;
const mostRoom = 84;

/**
 * One map as a matrix, queries in rows. Emits `pin` with a `Followed` or null as `detail`, `point` with the cell that is
 * pointed at, or null, and `cut` with a `Pair` of tokens whose edge shall be cut or joined.
 */
@customElement('headlight-head-matrix')
export class HeadMatrix extends LitElement {
  static override styles = [
    sharedStyles,
    readoutStyles,
    css`
      .scroll {
        position: relative;
        max-height: max(320px, 80vh);
        overflow: auto;
      }
      canvas {
        position: sticky;
        top: 0;
        left: 0;
        display: block;
      }
      .readout {
        min-height: 1.4em;
        margin-top: 8px;
        font-size: var(--headlight-small);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) view!: HeadView;
  @property({ attribute: false }) pinned: Followed | null = null;
  @property({ attribute: false }) selected: readonly number[] = [];
  @property() label = '';
  /** What rows and columns are; null for what the kind of map says. */
  @property() hint: string | null = null;
  /** A cell that is pointed at elsewhere. */
  @property({ attribute: false }) marked: GridPlace | null = null;
  /** Colours of the cells; null for the theme's scale of weights. */
  @property({ attribute: false }) colorOf: CellColor | null = null;
  /** Cells whose edge is cut. */
  @property({ attribute: false }) cuts: readonly GridPlace[] = [];
  /** One of several matrices that share a readout: nothing is said below it, and nothing can be pinned. */
  @property({ type: Boolean }) shared = false;
  /** Row or column −1: a label is pointed at. */
  @state() private pointed: GridPlace | null = null;
  private readonly themed = new ThemeController(this);
  private readonly viewport = new Measured(this, () => this.renderRoot.querySelector('.scroll'));

  override render(): TemplateResult {
    const layout = this.layout;
    return html`
      <div
        class="scroll"
        tabindex="0"
        role="application"
        aria-label="${this.label} Arrow keys walk the cells${this.shared ? '' : ', Enter pins the query'}."
        @scroll=${this.draw}
        @pointermove=${this.move}
        @pointerleave=${() => { this.pointed = null; }}
        @click=${this.clicked}
        @keydown=${this.pressed}
      >
        <div .style=${`width: ${layout.width}px; height: ${layout.height}px`}>
          <canvas role="img" aria-label=${this.label}></canvas>
        </div>
      </div>
      ${this.shared ? nothing : html`<div class="readout" data-readout aria-live="polite">${this.readout}</div>`}
    `;
  }

  override updated(changed: PropertyValues<this> & ReadonlyMap<string, unknown>): void {
    this.draw();
    if (changed.has('pointed')) this.dispatchEvent(new CustomEvent('point', { detail: this.pointed }));
  }

  private get layout(): MatrixLayout {
    const { queries, keys } = this.view;
    const em = this.themed.theme.fontSize - 1;
    const room = (items: readonly AxisItem[]): number => {
      const longest = Math.max(...items.map(({ label }) => Array.from(label).length));
      return Math.min(mostRoom, Math.ceil(longest * em * characterWidth) + 10);
    };
    return matrixLayout(this.viewport.width, queries.length, keys.length, { left: room(queries), top: room(keys) });
  }

  private get readout(): TemplateResult | string {
    const { pointed } = this;
    const { view } = this;
    const names = sideNames(view);
    if (!pointed) {
      const said = this.hint ?? (view.kind === 'cross' ? 'Rows are what is written (queries), columns the source (keys).' : 'Rows are queries, columns are keys.');
      return html`<span class="muted">${said} Point at a cell for its weight.</span>`;
    }
    const { row, column } = pointed;
    if (row >= 0 && column >= 0) return pairReadout(view, row, column);
    const { label, note } = (row >= 0 ? view.queries[row] : view.keys[column])!;
    return html`${row >= 0 ? names.query : names.key} <span class="source-text">${label}</span>${note === undefined ? nothing : html` <span class="muted">· ${note}</span>`}`;
  }

  private readonly draw = (): void => {
    const scroll = this.renderRoot.querySelector('.scroll')!;
    const layout = this.layout;
    const width = Math.min(layout.width, this.viewport.width);
    const height = Math.min(layout.height, scroll.clientHeight);
    const context = prepareCanvas(this.renderRoot.querySelector('canvas')!, width, height);
    if (!context || this.viewport.width === 0) return;
    const { view, pinned, selected, colorOf, cuts } = this;
    const pointed = this.pointed ?? this.marked;
    paintMatrix(
      context,
      { view, layout, theme: this.themed.theme, pointed, pinned, selected, colorOf, cuts },
      { width, height, left: scroll.scrollLeft, top: scroll.scrollTop },
    );
  };

  private hit(event: PointerEvent | MouseEvent): GridPlace | null {
    const scroll = this.renderRoot.querySelector('.scroll')!;
    const box = scroll.getBoundingClientRect();
    return matrixHit(
      this.layout,
      { x: event.clientX - box.left, y: event.clientY - box.top },
      { x: scroll.scrollLeft, y: scroll.scrollTop },
    );
  }

  private readonly move = (event: PointerEvent): void => {
    const place = this.hit(event);
    if (place?.row !== this.pointed?.row || place?.column !== this.pointed?.column) this.pointed = place;
  };

  private readonly clicked = (event: MouseEvent): void => {
    const place = this.hit(event);
    if (place) this.pin(place);
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    const { queries, keys } = this.view;
    const from = this.pointed;
    if (event.key === 'Escape') this.dispatchEvent(new CustomEvent('pin', { detail: null }));
    else if ((event.key === 'Enter' || event.key === ' ') && from) this.pin(from);
    else if (event.key.toLowerCase() === 'x' && !event.ctrlKey && !event.metaKey && from && from.row >= 0 && from.column >= 0) {
      const detail: Pair = { queries: queries[from.row]!.tokens, keys: keys[from.column]!.tokens };
      this.dispatchEvent(new CustomEvent('cut', { detail }));
    }
    else {
      const start = { row: Math.max(0, from?.row ?? 0), column: Math.max(0, from?.column ?? 0) };
      const to = moveInGrid(event.key, start, queries.length, keys.length);
      if (!to) return;
      this.pointed = from ? to : { row: 0, column: 0 };
      this.bringIntoView(this.pointed);
    }
    event.preventDefault();
  };

  private bringIntoView({ row, column }: GridPlace): void {
    const scroll = this.renderRoot.querySelector('.scroll')!;
    const { cell, left, top } = this.layout;
    const within = (at: number, first: number, extent: number): number =>
      Math.max(at + cell - extent, Math.min(first, at));
    scroll.scrollTop = within(row * cell, scroll.scrollTop, scroll.clientHeight - top);
    scroll.scrollLeft = within(column * cell, scroll.scrollLeft, scroll.clientWidth - left);
  }

  private pin({ row, column }: GridPlace): void {
    if (this.shared) return;
    const { queries, keys } = this.view;
    const side = row >= 0 ? 'query' : 'key';
    const item = (row >= 0 ? queries[row] : keys[column])!;
    const same = this.pinned?.side === side && item.tokens.includes(this.pinned.token);
    const detail: Followed = { side, token: item.tokens[0]! };
    this.dispatchEvent(new CustomEvent('pin', { detail: same ? null : detail }));
  }
}
