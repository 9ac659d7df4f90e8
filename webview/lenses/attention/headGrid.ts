import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Token } from '../../../src/text/token';
import { sharedStyles } from '../../controls';
import { prepareCanvas } from '../../draw/canvas';
import { cellOrigin, gridLayout, moveInGrid, type GridLayout, type GridPlace } from '../../draw/grid';
import { colorRaster, resampleMax } from '../../draw/raster';
import { formatWeight } from '../../format';
import { Measured } from '../../measured';
import { ThemeController } from '../../theme';
import { tokenText } from '../tokenText';
import type { Thumbnail, Thumbnails } from './thumbnails';

/** All layers × heads as thumbnails. Emits `choose` with `{ layer, head }` as `detail`. */
@customElement('headlight-head-grid')
export class HeadGrid extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .scroll {
        overflow-x: auto;
        /* Room for the ring around a cell at the edge. */
        margin: -3px;
        padding: 3px;
      }
      .area {
        position: relative;
      }
      canvas {
        position: absolute;
        inset: 0;
      }
      [role='gridcell'],
      [role='rowheader'],
      [role='columnheader'] {
        position: absolute;
      }
      [role='gridcell'] {
        border-radius: 2px;
        cursor: pointer;
      }
      [role='gridcell']:hover {
        outline: 1px solid var(--vscode-foreground);
      }
      [role='gridcell'][aria-selected='true'] {
        outline: 2px solid var(--vscode-foreground);
        outline-offset: 0;
        z-index: 1;
      }
      [role='gridcell']:focus-visible {
        outline: 2px solid var(--vscode-focusBorder) !important;
        outline-offset: 1px;
        z-index: 1;
      }
      [role='rowheader'],
      [role='columnheader'] {
        display: flex;
        align-items: center;
        justify-content: center;
        color: var(--headlight-muted);
        font-size: var(--headlight-small);
        font-variant-numeric: tabular-nums;
      }
      .caption {
        min-height: 1.4em;
        margin-top: 8px;
        font-size: var(--headlight-small);
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
      }
    `,
  ];

  @property({ type: Number }) layers = 0;
  @property({ type: Number }) heads = 0;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property({ attribute: false }) tokens: readonly Token[] = [];
  @property({ type: Number }) layer = 0;
  @property({ type: Number }) head = 0;
  @state() private hovered: Thumbnail | null = null;
  @state() private focused: GridPlace | null = null;
  private readonly themed = new ThemeController(this);
  private readonly measured = new Measured(this, () => this.renderRoot.querySelector('.scroll'));

  override render(): TemplateResult {
    const layout = this.layout;
    const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    const described = this.hovered ?? this.thumbnailAt({ row: this.layer, column: this.head });
    return html`
      <div class="scroll">
        <div
          class="area"
          role="grid"
          aria-label="Attention heads: a row for each layer, a column for each head"
          .style=${`width: ${layout.width}px; height: ${layout.height}px`}
          @keydown=${this.pressed}
          @pointerleave=${() => { this.hovered = null; }}
        >
          <canvas aria-hidden="true"></canvas>
          <div role="row">
            <span role="columnheader" title="Layer and head, from 0" .style=${this.box(layout, { row: -1, column: -1 })}
              ><span class="visually-hidden">Layer</span></span
            >
            ${range(layout.columns).map(
              (head) => html`<span
                role="columnheader"
                aria-label="Head ${head}"
                title="Head ${head}"
                .style=${this.box(layout, { row: -1, column: head })}
                >${head}</span
              >`,
            )}
          </div>
          ${range(layout.rows).map(
            (layer) => html`<div role="row">
              <span
                role="rowheader"
                aria-label="Layer ${layer}"
                title="Layer ${layer}"
                .style=${this.box(layout, { row: layer, column: -1 })}
                >${layer}</span
              >
              ${range(layout.columns).map((head) => this.cell(layout, { row: layer, column: head }))}
            </div>`,
          )}
        </div>
      </div>
      <p class="caption" data-grid-caption>${described ? this.describe(described) : ''}</p>
    `;
  }

  override updated(changed: PropertyValues): void {
    // Pointing at a cell changes no thumbnail.
    if (changed.size > 0 && [...changed.keys()].every((name) => name === 'hovered' || name === 'focused')) return;
    const { layout, thumbnails } = this;
    const context = prepareCanvas(this.renderRoot.querySelector('canvas')!, layout.width, layout.height);
    if (!context || this.measured.width === 0) return;
    const { theme } = this.themed;
    const ratio = window.devicePixelRatio;
    const size = Math.round(layout.cell * ratio);
    for (const { layer, head, weights, side } of thumbnails.list) {
      const { x, y } = cellOrigin(layout, { row: layer, column: head });
      const pixels = colorRaster(resampleMax(weights, side, size), thumbnails.max, theme.ramp);
      context.putImageData(new ImageData(pixels, size, size), Math.round(x * ratio), Math.round(y * ratio));
      context.strokeStyle = theme.grid;
      context.lineWidth = 1;
      context.strokeRect(x - 0.5, y - 0.5, layout.cell + 1, layout.cell + 1);
    }
  }

  private get layout(): GridLayout {
    return gridLayout(this.measured.width, this.layers, this.heads);
  }

  private thumbnailAt({ row, column }: GridPlace): Thumbnail | undefined {
    return this.thumbnails.list[row * this.heads + column];
  }

  private cell(layout: GridLayout, place: GridPlace): TemplateResult {
    const thumbnail = this.thumbnailAt(place)!;
    const selected = place.row === this.layer && place.column === this.head;
    const stop = this.focused ?? { row: this.layer, column: this.head };
    return html`<span
      role="gridcell"
      aria-label=${this.describe(thumbnail)}
      aria-selected=${selected}
      tabindex=${place.row === stop.row && place.column === stop.column ? 0 : -1}
      data-layer=${place.row}
      data-head=${place.column}
      .style=${this.box(layout, place)}
      @pointerenter=${() => { this.hovered = thumbnail; }}
      @click=${() => { this.choose(place); }}
    ></span>`;
  }

  private describe({ layer, head, strongest }: Thumbnail): string {
    const [query, key] = [this.tokens[strongest.query], this.tokens[strongest.key]];
    const near = this.thumbnails.exact ? '' : '…';
    const name = `Layer ${layer}, head ${head}`;
    if (!query || !key) return name;
    return `${name}, strongest: ${tokenText(query)}${near} → ${tokenText(key)}${near} ${formatWeight(strongest.weight)}`;
  }

  private box(layout: GridLayout, { row, column }: GridPlace): string {
    const { x, y } = cellOrigin(layout, { row: Math.max(0, row), column: Math.max(0, column) });
    const width = column < 0 ? layout.left - 4 : layout.cell;
    const height = row < 0 ? layout.top - 4 : layout.cell;
    return `left: ${column < 0 ? 0 : x}px; top: ${row < 0 ? 0 : y}px; width: ${width}px; height: ${height}px`;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const from = this.focused ?? { row: this.layer, column: this.head };
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.choose(from);
      return;
    }
    const to = moveInGrid(event.key, from, this.layers, this.heads);
    if (!to) return;
    event.preventDefault();
    this.focused = to;
    this.hovered = this.thumbnailAt(to) ?? null;
    this.renderRoot.querySelector<HTMLElement>(`[data-layer="${to.row}"][data-head="${to.column}"]`)?.focus();
  };

  private choose({ row, column }: GridPlace): void {
    this.focused = null;
    this.dispatchEvent(new CustomEvent('choose', { detail: { layer: row, head: column } }));
  }
}
