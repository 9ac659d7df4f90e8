import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { sharedStyles } from '../../controls';
import { prepareCanvas } from '../../draw/canvas';
import { edgeAt, isVisible, lineMark, rowHeight, type Edge } from '../../draw/lines';
import { formatWeight } from '../../format';
import { Measured } from '../../measured';
import { ThemeController } from '../../theme';
import { sideNames } from './drawings';
import { keptOfParts, shownEdges } from './edges';
import { isMasked, isSelected, itemOf, type AxisItem, type HeadView } from './headView';
import { pairReadout, placeReadout, readoutStyles } from './pairReadout';
import { paintPartLabels } from './partLabels';
import { partColors } from './severalHeads';
import type { GridPlace } from '../../draw/grid';
import type { Pair } from '../../whatIf/tokenSwitches';
import type { Followed } from './viewState';

/** Rows of a long text in whose steps numbers follow the scroll position, and that have numbers beyond what is in view. */
const scrollStep = 16;

/** A row of one of the columns. */
interface Place {
  readonly side: Followed['side'];
  readonly row: number;
}

/**
 * One map as lines from query tokens (left) to key tokens (right). A token under the pointer or the keyboard is
 * followed alone, with its numbers; while one is kept, a token of the other column tells the weight between them, and
 * so does a line under the pointer. Emits `pin` with a `Followed` or null as `detail`, and `cut` with a `Pair` of tokens
 * whose edge shall be cut or joined.
 */
@customElement('headlight-head-lines')
export class HeadLines extends LitElement {
  static override styles = [
    sharedStyles,
    readoutStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .frame {
        position: relative;
      }
      .scroll {
        position: relative;
        max-height: max(320px, 80vh);
        overflow-y: auto;
      }
      .columns,
      .heads {
        display: grid;
        grid-template-columns: minmax(0, max-content) minmax(56px, 1fr) minmax(0, max-content);
      }
      .columns {
        position: relative;
      }
      .sticky {
        position: sticky;
        top: 0;
        align-self: start;
        height: 0;
      }
      .heads {
        display: flex;
        justify-content: space-between;
        margin-bottom: 4px;
        color: var(--headlight-muted);
        font-size: var(--headlight-small);
      }
      [role='option'] {
        display: flex;
        align-items: center;
        gap: 4px;
        height: ${rowHeight}px;
        padding: 0 4px;
        border-radius: 3px;
        cursor: pointer;
        white-space: pre;
      }
      [data-side='query'] {
        justify-content: flex-end;
      }
      .source-text {
        max-width: 16ch;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      [role='option'].special .source-text {
        color: var(--headlight-muted);
      }
      [role='option'].struck .source-text {
        text-decoration: line-through 2px;
      }
      /* Not by opacity, which costs a layer for each row. */
      [role='option'].faded .source-text,
      [role='option'].faded .value {
        color: var(--headlight-muted);
      }
      [role='option'].selected {
        background: var(--vscode-editor-inactiveSelectionBackground, var(--vscode-list-inactiveSelectionBackground));
      }
      [role='option'].followed {
        color: var(--vscode-list-activeSelectionForeground);
        background: var(--vscode-list-activeSelectionBackground);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      [role='option'].followed .source-text {
        color: inherit;
      }
      [role='option'][aria-selected='true'] .source-text {
        font-weight: 700;
      }
      .value {
        /* Hundreds of numbers change at once: none moves anything else. */
        contain: strict;
        flex: none;
        width: 6ch;
        height: 100%;
        line-height: ${rowHeight}px;
        color: var(--vscode-foreground);
        font-size: var(--headlight-small);
      }
      [data-side='query'] .value {
        margin-right: auto;
        text-align: start;
      }
      [data-side='key'] .value {
        margin-left: auto;
        text-align: end;
      }
      @container (max-width: 400px) {
        .source-text {
          max-width: 9ch;
        }
      }
      /* Too narrow to keep room for numbers that are not shown. */
      @container (max-width: 290px) {
        .value:empty {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) view!: HeadView;
  @property({ attribute: false }) pinned: Followed | null = null;
  /** Token indexes that the editor's selection touches. */
  @property({ attribute: false }) selected: readonly number[] = [];
  /** Share of each row's weight that is drawn, largest first. */
  @property({ type: Number }) mass = 1;
  /** Rows whose edge is cut: of the query, and the key's as column. */
  @property({ attribute: false }) cuts: readonly GridPlace[] = [];
  /** Tokens that are hidden, deleted or replaced. */
  @property({ attribute: false }) struck: ReadonlySet<number> = new Set();
  @property() label = '';
  @state() private pointed: Place | null = null;
  /** First row in view, in whole steps: hundreds of numbers out of view would change with each move of the pointer. */
  @state() private firstRow = 0;
  /** The line under the pointer. */
  @state() private edge: Edge | null = null;
  private readonly themed = new ThemeController(this);
  private readonly area = new Measured(this, () => this.renderRoot.querySelector('.sticky'));
  private readonly viewport = new Measured(this, () => this.renderRoot.querySelector('.scroll'));
  private kept: readonly Uint8Array[] = [];
  private edges: readonly Edge[] = [];
  private pointer = new DOMRect();

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('view')) this.pointed = null;
    if (changed.has('view') || changed.has('mass')) {
      this.kept = keptOfParts(this.view, this.mass);
      this.edges = shownEdges(this.view, this.kept, null);
      this.edge = null;
    }
  }

  override render(): TemplateResult {
    const { pair } = this;
    const names = sideNames(this.view);
    return html`
      <div class="heads"><span>${names.query}: who looks</span><span>${names.key}: who is looked at</span></div>
      <div class="frame">
        <div class="scroll" @scroll=${this.scrolled}>
          <div class="columns" @keydown=${this.pressed} @pointerleave=${this.leave} @focusout=${this.leave}>
            ${this.column('query')}
            <div class="sticky">
              <canvas role="img" aria-label=${this.label} @pointermove=${this.moved} @pointerleave=${this.leaveLines}></canvas>
            </div>
            ${this.column('key')}
          </div>
        </div>
        <div class="floating" role="status" data-readout>${pair ? pairReadout(this.view, pair.query, pair.key) : nothing}</div>
      </div>
    `;
  }

  override updated(): void {
    this.draw();
    this.place();
  }

  private column(side: Followed['side']): TemplateResult {
    const { followed, pointed, view } = this;
    const items = this.items(side);
    const isOfText = side === 'key' || view.kind !== 'cross';
    const pinned = this.pinnedPlace;
    const weights = followed && followed.side !== side ? followed : null;
    const stop = [pointed, pinned].find((place) => place?.side === side)?.row ?? 0;
    const lastRow = this.firstRow + Math.ceil(this.viewport.height / rowHeight) + 2 * scrollStep;
    return html`<div role="listbox" aria-label=${side === 'query' ? 'Query tokens' : 'Key tokens'}>
      ${items.map((item, row) => {
        const [query, key] = side === 'query' ? [row, weights?.row ?? 0] : [weights?.row ?? 0, row];
        const at = query * view.keys.length + key;
        const numbered = weights !== null && row >= this.firstRow - scrollStep && row <= lastRow;
        const value = numbered && !isMasked(view, query, key) ? view.weights[at]! : null;
        const names = [
          item.special ? 'special' : '',
          isOfText && item.tokens.some((token) => this.struck.has(token)) ? 'struck' : '',
          followed?.side === side && followed.row === row ? 'followed' : '',
          isSelected(view, side, item, this.selected) ? 'selected' : '',
          numbered && (value === null || value < 0.01 || !this.kept.some((kept) => kept[at])) ? 'faded' : '',
        ];
        const number = html`<span class="value number">${value === null ? '' : formatWeight(value)}</span>`;
        return html`<div
          role="option"
          class=${names.join(' ')}
          title=${item.title}
          aria-selected=${pinned?.side === side && pinned.row === row}
          tabindex=${row === stop ? 0 : -1}
          data-token-index=${item.tokens[0]!}
          data-row=${row}
          data-side=${side}
          @pointerenter=${() => { this.point({ side, row }); }}
          @click=${() => { this.pin({ side, row }); }}
        >
          ${side === 'query' ? number : ''}<span class="source-text">${item.label}</span>${side === 'key' ? number : ''}
        </div>`;
      })}
    </div>`;
  }

  private items(side: Followed['side']): readonly AxisItem[] {
    return side === 'query' ? this.view.queries : this.view.keys;
  }

  private get pinnedPlace(): Place | null {
    const { pinned } = this;
    const row = pinned ? itemOf(this.items(pinned.side), pinned.token) : -1;
    return pinned && row >= 0 ? { side: pinned.side, row } : null;
  }

  /** A token of the other column than the one that is kept is measured against it, not followed itself. */
  private get followed(): Place | null {
    const { pinnedPlace, pointed } = this;
    return pointed && pointed.side === (pinnedPlace?.side ?? pointed.side) ? pointed : pinnedPlace;
  }

  /** The weight that is read out. */
  private get pair(): { readonly query: number; readonly key: number } | null {
    const { edge, pointed, followed } = this;
    if (edge) return edge;
    if (!pointed || !followed || pointed.side === followed.side) return null;
    return pointed.side === 'key' ? { query: followed.row, key: pointed.row } : { query: pointed.row, key: followed.row };
  }

  private get shownEdges(): readonly Edge[] {
    const { followed, kept, view } = this;
    return followed ? shownEdges(view, kept, { side: followed.side, at: followed.row }) : this.edges;
  }

  private readonly draw = (): void => {
    const scroll = this.renderRoot.querySelector('.scroll')!;
    const rows = Math.max(this.view.queries.length, this.view.keys.length);
    const height = Math.min(rows * rowHeight, this.viewport.height);
    const { width } = this.area;
    const context = prepareCanvas(this.renderRoot.querySelector('canvas')!, width, height);
    if (!context || width === 0) return;
    const { theme } = this.themed;
    const stroke = (edge: Edge, color: string, more: { readonly width: number; readonly opacity: number }): void => {
      const mark = lineMark(edge, scroll.scrollTop);
      if (!isVisible(mark, height)) return;
      context.strokeStyle = color;
      context.globalAlpha = Math.max(mark.opacity, more.opacity);
      context.lineWidth = mark.width + more.width;
      context.beginPath();
      context.moveTo(0, mark.y0);
      context.bezierCurveTo(width * 0.4, mark.y0, width * 0.6, mark.y1, width, mark.y1);
      context.stroke();
    };
    const colors = partColors(this.view, theme);
    const edges = this.shownEdges;
    for (const edge of edges) stroke(edge, colors[edge.part ?? 0]!, { width: 0, opacity: 0 });
    if (this.edge) stroke(this.edge, theme.foreground, { width: 1, opacity: 1 });
    // An edge that is cut carries nothing: it is a dashed line with a cross.
    const followed = this.followed;
    for (const { row, column } of this.cuts) {
      const isShown = !followed || (followed.side === 'query' ? followed.row === row : followed.row === column);
      const mark = lineMark({ query: row, key: column, weight: 0 }, scroll.scrollTop);
      if (!isShown || !isVisible(mark, height)) continue;
      context.setLineDash([4, 3]);
      stroke({ query: row, key: column, weight: 0 }, theme.foreground, { width: 1, opacity: 0.9 });
      context.setLineDash([]);
      const [x, y] = [width / 2, (mark.y0 + mark.y1) / 2];
      context.beginPath();
      context.moveTo(x - 5, y - 5);
      context.lineTo(x + 5, y + 5);
      context.moveTo(x + 5, y - 5);
      context.lineTo(x - 5, y + 5);
      context.stroke();
    }
    context.globalAlpha = 1;
    const { parts } = this.view;
    if (!parts) return;
    const marks = edges.map((edge) => ({ edge, mark: lineMark(edge, scroll.scrollTop) })).filter(({ mark }) => isVisible(mark, height));
    paintPartLabels(
      context,
      parts,
      marks.map(({ edge, mark }) => ({ part: edge.part ?? 0, x: width / 2, y: (mark.y0 + mark.y1) / 2 })),
      theme,
    );
  };

  private place(): void {
    const { pair, pointed, edge } = this;
    if (!pair) return;
    const readout = this.renderRoot.querySelector<HTMLElement>('.floating')!;
    const frame = readout.parentElement!.getBoundingClientRect();
    const option = edge ? null : this.renderRoot.querySelector(`[data-side="${pointed!.side}"][data-row="${pointed!.row}"]`);
    const box = option?.getBoundingClientRect() ?? this.pointer;
    placeReadout(readout, { x: (box.left + box.right) / 2 - frame.left, top: box.top - frame.top, bottom: box.bottom - frame.top });
  }

  private point(place: Place): void {
    this.pointed = place;
    this.edge = null;
  }

  private readonly moved = ({ clientX, clientY, currentTarget }: PointerEvent): void => {
    const canvas = (currentTarget as HTMLElement).getBoundingClientRect();
    const { scrollTop } = this.renderRoot.querySelector('.scroll')!;
    this.pointer = new DOMRect(clientX, clientY - 4, 0, 8);
    this.edge = edgeAt(this.shownEdges, (clientX - canvas.left) / canvas.width, clientY - canvas.top + scrollTop);
    this.place();
  };

  private readonly leaveLines = (): void => {
    this.edge = null;
  };

  private readonly scrolled = (): void => {
    this.edge = null;
    const { scrollTop } = this.renderRoot.querySelector('.scroll')!;
    this.firstRow = Math.floor(scrollTop / rowHeight / scrollStep) * scrollStep;
    this.draw();
    this.place();
  };

  private readonly leave = (): void => {
    this.pointed = null;
    this.edge = null;
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    const { side, row } = (event.target as HTMLElement).dataset as { side: Followed['side']; row: string };
    const at = Number(row);
    const last = this.items(side).length - 1;
    const other = side === 'query' ? 'key' : 'query';
    const beside: Place = { side: other, row: Math.min(at, this.items(other).length - 1) };
    const to: Readonly<Record<string, Place | undefined>> = {
      ArrowUp: { side, row: Math.max(0, at - 1) },
      ArrowDown: { side, row: Math.min(last, at + 1) },
      Home: { side, row: 0 },
      End: { side, row: last },
      ArrowLeft: side === 'key' ? beside : undefined,
      ArrowRight: side === 'query' ? beside : undefined,
    };
    const next = to[event.key];
    if (next) {
      this.renderRoot.querySelector<HTMLElement>(`[data-side="${next.side}"][data-row="${next.row}"]`)?.focus();
      this.point(next);
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.pin({ side, row: at });
    } else if (event.key.toLowerCase() === 'x' && !event.ctrlKey && !event.metaKey && this.pair) {
      const { key, query } = this.pair;
      const detail: Pair = { queries: this.view.queries[query]!.tokens, keys: this.view.keys[key]!.tokens };
      this.dispatchEvent(new CustomEvent('cut', { detail }));
    } else if (event.key === 'Escape') {
      this.leave();
      this.dispatchEvent(new CustomEvent('pin', { detail: null }));
    } else {
      return;
    }
    event.preventDefault();
  };

  private pin({ side, row }: Place): void {
    const { pinnedPlace } = this;
    const same = pinnedPlace?.side === side && pinnedPlace.row === row;
    if (same) this.leave();
    const detail: Followed | null = same ? null : { side, token: this.items(side)[row]!.tokens[0]! };
    this.dispatchEvent(new CustomEvent('pin', { detail }));
  }
}
