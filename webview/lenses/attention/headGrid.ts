import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { HeadMetrics } from '../../../src/lenses/attention/contract';
import type { Token } from '../../../src/text/token';
import type { AttentionPart } from '../../../src/lenses/attention/contract';
import { isHeadOff, isRowOff } from '../../../src/lenses/whatIf/chosen';
import { nothingOff, type Switches } from '../../../src/lenses/whatIf/contract';
import { icon, sharedStyles } from '../../controls';
import { prepareCanvas } from '../../draw/canvas';
import { cellOrigin, gridLayout, moveInGrid, type GridLayout, type GridPlace } from '../../draw/grid';
import { colorRaster, resampleMax } from '../../draw/raster';
import { formatWeight } from '../../format';
import { Measured } from '../../measured';
import { ThemeController } from '../../theme';
import { tokenText } from '../tokenText';
import { headLabel, rankedHeads } from '../../../src/lenses/attention/headMetricTexts';
import type { Thumbnail, Thumbnails } from './thumbnails';
import { samePlace, type HeadPlace } from './severalHeads';
import { type MeasuredEffects, effectText } from './effects';
import { barColors } from './effectsLegend';
import type { Ordering } from './ordering';

/** Two digits that follow each other this quickly are one number. */
const digitsTogether = 700;
/** Side of a tile's own switch, as a share of the tile's, and the least that can be hit, in pixels. */
const cornerShare = 0.42;
const leastSwitch = 11;
/** Height of a cell's own header where rows and columns have none. */
const ownHeader = 14;
/** Room below a cell for its bar, which stands so far below it and is so high. */
const barRoom = 10;
const barOffset = 3;
const barHeight = 5;

/**
 * All layers × heads as thumbnails, by layer and head or by a number of each; where effects of heads were measured, with a bar
 * below each, from its middle to the left for what the outcome loses without the head, and to the right for what it gains. Emits `choose` with a `HeadPlace` as `detail`, and
 * `together` in it where the head is wanted beside the chosen ones; and `switch` with a `HeadPlace`, or with a layer whose
 * head is null.
 */
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
        /* Shift with click is a gesture of its own. */
        user-select: none;
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
      [role='gridcell'].below {
        background: var(--vscode-editor-background);
        opacity: 0.75;
      }
      [role='gridcell'].off {
        border: 1px dashed var(--vscode-foreground);
        background:
          linear-gradient(to top right, transparent calc(50% - 0.8px), var(--vscode-foreground) calc(50% - 0.8px) calc(50% + 0.8px), transparent calc(50% + 0.8px)),
          linear-gradient(to bottom right, transparent calc(50% - 0.8px), var(--vscode-foreground) calc(50% - 0.8px) calc(50% + 0.8px), transparent calc(50% + 0.8px)),
          color-mix(in srgb, var(--vscode-editor-background) 70%, transparent);
      }
      .switch {
        display: none;
        position: absolute;
        inset: 1px 1px auto auto;
        padding: 0;
        border: 1px solid var(--vscode-contrastBorder, var(--headlight-border));
        border-radius: 3px;
        color: var(--vscode-foreground);
        background: var(--vscode-editor-background);
        line-height: 0;
        cursor: pointer;
      }
      .switch .icon {
        width: 100%;
        height: 100%;
        font-size: inherit;
        line-height: 1;
      }
      .switch:hover {
        background: var(--vscode-toolbar-hoverBackground, var(--vscode-editor-background));
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
      }
      .switch[aria-pressed='true'] {
        color: var(--vscode-inputOption-activeForeground, inherit);
        background: var(--vscode-inputOption-activeBackground, transparent);
      }
      [role='gridcell']:hover > .switch,
      [role='gridcell']:focus-visible > .switch,
      [role='gridcell']:focus-within > .switch {
        display: block;
      }
      .layer {
        width: 100%;
        height: 100%;
        padding: 0;
        border: 1px solid transparent;
        border-radius: 3px;
        color: inherit;
        background: none;
        font: inherit;
        cursor: pointer;
      }
      .layer:hover {
        border-color: var(--headlight-border);
        color: var(--vscode-foreground);
      }
      .layer[aria-pressed='true'] {
        border: 1px dashed var(--vscode-foreground);
        color: var(--vscode-foreground);
        text-decoration: line-through;
      }
      .own {
        position: absolute;
        inset: -${ownHeader}px 0 auto;
        color: var(--headlight-muted);
        font-size: 10px;
        line-height: ${ownHeader}px;
        text-align: center;
        white-space: nowrap;
        pointer-events: none;
      }
      .own.tight {
        font-size: 8px;
        letter-spacing: -0.2px;
      }
      .caption {
        min-height: 2.8em;
        margin-top: 8px;
        font-size: var(--headlight-small);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ type: Number }) layers = 0;
  @property({ type: Number }) heads = 0;
  @property({ attribute: false }) thumbnails!: Thumbnails;
  @property({ attribute: false }) tokens: readonly Token[] = [];
  /** The tokens of the rows. */
  @property({ attribute: false }) queries: readonly Token[] = [];
  @property({ type: Number }) layer = 0;
  @property({ type: Number }) head = 0;
  /** The heads that are drawn. */
  @property({ attribute: false }) chosen: readonly HeadPlace[] = [];
  /** Null until they are measured. */
  @property({ attribute: false }) metrics: HeadMetrics | null = null;
  /** What orders the heads; null for layers and heads. */
  @property({ attribute: false }) ordering: Ordering | null = null;
  /** What was measured of the heads; null for nothing. */
  @property({ attribute: false }) effects: MeasuredEffects | null = null;
  /** Heads below this value of what orders them are dimmed. */
  @property({ type: Number }) least = 0;
  /** What is off; null where nothing can be switched. */
  @property({ attribute: false }) switches: Switches | null = null;
  /** The part of the model that the heads are of. */
  @property() ofPart: AttentionPart = 'encoder';
  @state() private hovered: Thumbnail | null = null;
  @state() private focused: GridPlace | null = null;
  private readonly themed = new ThemeController(this);
  private readonly measured = new Measured(this, () => this.renderRoot.querySelector('.scroll'));

  /** Heads (layer · heads + head) in the order in which they are shown. */
  private ranked: readonly number[] = [];
  private typed = { digits: '', at: 0 };

  override willUpdate(): void {
    this.ranked = rankedHeads(this.ordering?.values ?? null, this.layers * this.heads);
  }

  override render(): TemplateResult {
    const layout = this.layout;
    const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
    const described = this.hovered ?? this.thumbnails.list[this.layer * this.heads + this.head];
    const byLayer = this.ordering === null;
    return html`
      <div class="scroll">
        <div
          class="area"
          role="grid"
          aria-multiselectable="true"
          aria-label=${this.ordering ? `Attention heads by ${this.ordering.name}, the largest first` : 'Attention heads: a row for each layer, a column for each head'}
          .style=${`width: ${layout.width}px; height: ${layout.height}px`}
          @keydown=${this.pressed}
          @pointerleave=${() => { this.hovered = null; }}
        >
          <canvas aria-hidden="true"></canvas>
          ${byLayer ? html`<div role="row">
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
          </div>` : nothing}
          ${range(layout.rows).map(
            (layer) => html`<div role="row">
              ${byLayer ? html`<span
                role="rowheader"
                aria-label="Layer ${layer}"
                title=${this.switches ? nothing : `Layer ${layer}`}
                .style=${this.box(layout, { row: layer, column: -1 })}
                >${this.layerName(layer)}</span
              >` : nothing}
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
    for (const thumbnail of thumbnails.list) {
      const { x, y } = cellOrigin(layout, this.placeOf(thumbnail.layer, thumbnail.head));
      const pixels = colorRaster(resampleMax(thumbnail.weights, thumbnail, size), thumbnails.max, theme.ramp);
      context.putImageData(new ImageData(pixels, size, size), Math.round(x * ratio), Math.round(y * ratio));
      context.strokeStyle = theme.grid;
      context.lineWidth = 1;
      context.strokeRect(x - 0.5, y - 0.5, layout.cell + 1, layout.cell + 1);
      if (this.effects) this.drawBar(context, this.effects, thumbnail, { x, y: y + layout.cell + barOffset, width: layout.cell });
    }
  }

  /** What a head does to the outcome: the sign by the side and the colour, the size by the length. */
  private drawBar(context: CanvasRenderingContext2D, { max, values }: MeasuredEffects, { head, layer }: HeadPlace, { width, x, y }: { readonly x: number; readonly y: number; readonly width: number }): void {
    const { theme } = this.themed;
    const effect = values[layer * this.heads + head]!;
    const colors = barColors(theme);
    const middle = x + width / 2;
    const length = max === 0 ? 0 : Math.sqrt(Math.abs(effect) / max) * (width / 2);
    context.fillStyle = theme.grid;
    context.fillRect(x, y, width, barHeight);
    context.fillStyle = effect < 0 ? colors.below : colors.above;
    context.fillRect(effect < 0 ? middle - length : middle, y, length, barHeight);
    context.fillStyle = theme.foreground;
    context.fillRect(middle - 0.5, y - 1, 1, barHeight + 2);
  }

  private get layout(): GridLayout {
    const { effects, ordering } = this;
    const below = 2 + (effects ? barRoom : 0);
    const layout = gridLayout(this.measured.width, this.layers, this.heads, ordering ? { left: 0, top: ownHeader, gapBelow: ownHeader + below } : { gapBelow: below });
    return effects ? { ...layout, height: layout.height + barRoom } : layout;
  }

  private thumbnailAt({ row, column }: GridPlace): Thumbnail | undefined {
    return this.thumbnails.list[this.ranked[row * this.heads + column] ?? -1];
  }

  private placeOf(layer: number, head: number): GridPlace {
    const rank = this.ranked.indexOf(layer * this.heads + head);
    return { row: Math.floor(rank / this.heads), column: rank % this.heads };
  }

  /** The number by which a head is ordered. */
  private numberOf({ layer, head }: Thumbnail): number | null {
    return this.ordering?.values[layer * this.heads + head] ?? null;
  }

  private cell(layout: GridLayout, place: GridPlace): TemplateResult {
    const thumbnail = this.thumbnailAt(place)!;
    const { layer, head } = thumbnail;
    const selected = this.chosen.some((place) => samePlace(place, thumbnail));
    const stop = this.focused ?? this.placeOf(this.layer, this.head);
    const value = this.numberOf(thumbnail);
    return html`<span
      role="gridcell"
      class=${[value !== null && value < this.least ? 'below' : '', this.isOff(thumbnail) ? 'off' : ''].join(' ')}
      aria-label=${this.describe(thumbnail)}
      title=${this.effects ? `${layer}.${head}: ${effectText(this.effects, layer * this.heads + head)}` : nothing}
      aria-selected=${selected}
      tabindex=${place.row === stop.row && place.column === stop.column ? 0 : -1}
      data-layer=${layer}
      data-head=${head}
      .style=${this.box(layout, place)}
      @pointerenter=${() => { this.hovered = thumbnail; }}
      @click=${(event: MouseEvent) => {
        if (event.altKey && this.switches) this.switch(thumbnail);
        else this.choose(thumbnail, event);
      }}
      >${value === null ? nothing : html`<span class="own ${layout.cell < 24 ? 'tight' : ''}" aria-hidden="true">${layer}.${head}</span>`}${this.headSwitch(thumbnail, layout.cell)}</span
    >`;
  }

  private isOff({ layer, head }: HeadPlace): boolean {
    return isHeadOff(this.switches ?? nothingOff, { part: this.ofPart, layer, head });
  }

  /** The tile's own switch, for the pointer; the keyboard has a key. */
  private headSwitch(place: HeadPlace, cell: number): TemplateResult | typeof nothing {
    // In a corner, so that a click on the middle of a tile opens its head.
    const size = Math.floor(cell * cornerShare);
    if (!this.switches || size < leastSwitch) return nothing;
    const off = this.isOff(place);
    const label = `Switch head ${place.layer}.${place.head} ${off ? 'on' : 'off'}`;
    return html`<button class="switch" type="button" tabindex="-1" .style=${`width: ${size}px; height: ${size}px; font-size: ${size - 2}px`} title="${label} (X)" aria-label=${label} aria-pressed=${off} @click=${(event: MouseEvent) => {
      event.stopPropagation();
      this.switch(place);
    }}>${icon('circle-slash')}</button>`;
  }

  /** The number of a row, which switches its layer. */
  private layerName(layer: number): TemplateResult | number {
    if (!this.switches) return layer;
    const off = isRowOff(this.switches, { part: this.ofPart, layer }, this.heads);
    const label = `Switch ${this.ofPart === 'cross' ? 'all heads of ' : ''}layer ${layer} ${off ? 'on' : 'off'}`;
    return html`<button class="layer" type="button" title=${label} aria-label=${label} aria-pressed=${off} @click=${() => { this.switch({ layer, head: null }); }}>${layer}</button>`;
  }

  /** A head that is off with its layer only stays so until the layer is on. */
  private switch(detail: HeadPlace | { readonly layer: number; readonly head: null }): void {
    if (this.switches) this.dispatchEvent(new CustomEvent('switch', { detail }));
  }

  private describe({ layer, head, strongest }: Thumbnail): string {
    const [query, key] = [this.queries[strongest.query], this.tokens[strongest.key]];
    const near = this.thumbnails.exact ? '' : '…';
    const at = layer * this.heads + head;
    const label = this.metrics ? `: ${headLabel(this.metrics, at).text}` : '';
    const { effects, ordering } = this;
    // Effects are said in any order.
    const measured = ordering && ordering.order !== 'effect' ? `, ${ordering.name} ${ordering.text(at)}` : '';
    const effect = effects ? `, ${effectText(effects, at)}` : '';
    const name = `Layer ${layer}, head ${head}${this.isOff({ layer, head }) ? ', off' : ''}${label}${measured}${effect}`;
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
    // The number of a row is a button of its own, and so is the switch that was clicked.
    const target = event.target as HTMLElement;
    if (target.closest('.layer') || (target.closest('.switch') && (event.key === 'Enter' || event.key === ' '))) return;
    const cell = target.closest<HTMLElement>('[role="gridcell"]');
    const from = cell ? this.placeOf(Number(cell.dataset['layer']), Number(cell.dataset['head'])) : (this.focused ?? this.placeOf(this.layer, this.head));
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.choose(this.thumbnailAt(from)!, event);
      return;
    }
    if (event.key.toLowerCase() === 'x' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.switch(this.thumbnailAt(from)!);
      return;
    }
    const to = this.jump(event) ?? moveInGrid(event.key, from, this.layers, this.heads);
    if (!to) return;
    event.preventDefault();
    this.focused = to;
    const thumbnail = this.thumbnailAt(to)!;
    this.hovered = thumbnail;
    this.renderRoot.querySelector<HTMLElement>(`[data-layer="${thumbnail.layer}"][data-head="${thumbnail.head}"]`)?.focus();
  };

  /** Where typed digits lead: the first head of that layer, or in the order of a number its highest. */
  private jump({ key, timeStamp, ctrlKey, metaKey, altKey }: KeyboardEvent): GridPlace | null {
    if (!/^\d$/.test(key) || ctrlKey || metaKey || altKey) return null;
    const together = timeStamp - this.typed.at < digitsTogether;
    const digits = together && Number(this.typed.digits + key) < this.layers ? this.typed.digits + key : key;
    this.typed = { digits, at: timeStamp };
    const layer = Number(digits);
    const rank = this.ranked.findIndex((at) => Math.floor(at / this.heads) === layer);
    return rank < 0 ? null : { row: Math.floor(rank / this.heads), column: rank % this.heads };
  }

  private choose({ layer, head }: HeadPlace, { shiftKey, ctrlKey, metaKey }: MouseEvent | KeyboardEvent): void {
    this.focused = null;
    this.dispatchEvent(new CustomEvent('choose', { detail: { layer, head, together: shiftKey || ctrlKey || metaKey } }));
  }
}
