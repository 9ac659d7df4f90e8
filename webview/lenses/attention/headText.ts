import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { level } from '../../../src/picture/ramp';
import { sharedStyles } from '../../controls';
import { lineGap, type Box } from '../../draw/arcs';
import { prepareCanvas } from '../../draw/canvas';
import type { GridPlace } from '../../draw/grid';
import { inksOf } from '../../draw/ink';
import { Measured } from '../../measured';
import { memoize } from '../../memoize';
import { ThemeController, type Theme } from '../../theme';
import { keptOfParts, shownEdges } from './edges';
import { isMasked, isSelected, type HeadView } from './headView';
import { legendStyles, scaleLegend } from './legend';
import { pairReadout, placeReadout, readoutStyles } from './pairReadout';
import type { Pair } from '../../whatIf/tokenSwitches';
import { paintText, type TextPicture } from './paintText';
import { boxBeside, received, textBlocks, type TextBlock, type TextItem } from './runningText';
import { partColors } from './severalHeads';
import type { Followed } from './viewState';

const sides = [
  { value: 'query', label: 'query → keys' },
  { value: 'key', label: 'key ← queries' },
];

/** An item that is followed, in one of its parts. */
interface Place {
  readonly side: Followed['side'];
  readonly at: number;
}

/** What the drawing shows of each item. */
interface Shown {
  readonly shades: Float32Array;
  readonly max: number;
  readonly edges: TextPicture['edges'];
  /** Items with numbers, strongest first. */
  readonly numbered: readonly number[];
}

/**
 * One map over running text. With nothing followed, tokens are shaded by the attention that they receive; the token
 * under the pointer or the keyboard shows what it looks at, or who looks at it. While one is kept, pointing at another
 * tells the weight between them. Emits `pin` with a `Followed` or null as `detail`, and `cut` with a `Pair` of tokens
 * whose edge shall be cut or joined.
 */
@customElement('headlight-head-text')
export class HeadText extends LitElement {
  static override styles = [
    sharedStyles,
    readoutStyles,
    legendStyles,
    css`
      .frame {
        position: relative;
        margin: 8px 0;
      }
      .legend + p {
        margin-top: 4px;
      }
      .scroll {
        position: relative;
        max-height: max(320px, 80vh);
        overflow-y: auto;
      }
      .sticky {
        position: sticky;
        top: 0;
        height: 0;
      }
      canvas {
        display: block;
      }
      .text {
        position: relative;
      }
      /* Not the listbox: it would not scroll with its padding over the canvas. */
      .block {
        display: flex;
        flex-wrap: wrap;
        row-gap: ${lineGap}px;
        padding: 30px 4px ${lineGap}px;
      }
      .block + .block {
        border-top: 1px solid var(--headlight-border);
      }
      .name {
        position: absolute;
        margin-top: -26px;
        color: var(--headlight-muted);
        font-size: var(--headlight-small);
      }
      [role='option'] {
        max-width: 100%;
        height: 20px;
        margin-inline-start: 5px;
        padding: 0 2px;
        border-radius: 3px;
        line-height: 20px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: pre;
        cursor: pointer;
      }
      [role='option'].joined {
        margin-inline-start: 1px;
      }
      [role='option'].special {
        color: var(--headlight-muted);
      }
      [role='option'].masked {
        color: var(--headlight-muted);
        text-decoration: line-through;
      }
      [role='option'].struck {
        text-decoration: line-through 2px;
      }
      [role='option'].cut {
        outline: 1px dashed var(--vscode-foreground);
        text-decoration: line-through dashed;
      }
      [role='option'].white {
        color: #fff;
      }
      [role='option'].black {
        color: #000;
      }
      [role='option'].selected {
        box-shadow: inset 0 -2px var(--vscode-focusBorder);
      }
      [role='option'].pointed {
        outline: 1px solid var(--vscode-foreground);
      }
      [role='option'].followed {
        color: var(--vscode-list-activeSelectionForeground, var(--vscode-foreground));
        outline: 2px solid var(--vscode-focusBorder);
      }
      [role='option'][aria-selected='true'] {
        font-weight: 700;
      }
    `,
  ];

  @property({ attribute: false }) view!: HeadView;
  @property({ attribute: false }) pinned: Followed | null = null;
  /** Token indexes that the editor's selection touches. */
  @property({ attribute: false }) selected: readonly number[] = [];
  /** Share of each row's weight that is drawn, largest first. */
  @property({ type: Number }) mass = 1;
  @property() label = '';
  /** Pairs whose edge is cut: of the query, and the key's as column. */
  @property({ attribute: false }) cuts: readonly GridPlace[] = [];
  /** Tokens that are hidden, deleted or replaced. */
  @property({ attribute: false }) struck: ReadonlySet<number> = new Set();
  @state() private side: Followed['side'] = 'query';
  /** Index into `items`. */
  @state() private pointed: number | null = null;
  private readonly themed = new ThemeController(this);
  private readonly viewport = new Measured(this, () => this.renderRoot.querySelector('.scroll'));
  private readonly inksOf = memoize((theme: Theme) => ({ text: inksOf(theme.ramp, theme.foreground), special: inksOf(theme.ramp, theme.muted) }));
  private readonly shownOf = memoize((view: HeadView, items: readonly TextItem[], kept: readonly Uint8Array[], side: Followed['side'] | null, at: number) =>
    shownOf(view, items, kept, side && { side, at }),
  );
  private blocks: readonly TextBlock[] = [];
  private items: readonly TextItem[] = [];
  private kept: readonly Uint8Array[] = [];
  private boxes: readonly Box[] = [];
  /** What the boxes were measured for. */
  private measured: readonly unknown[] = [];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('view')) {
      this.blocks = textBlocks(this.view);
      this.items = this.blocks.flatMap(({ items }) => items);
      this.pointed = null;
    }
    if (changed.has('view') || changed.has('mass')) this.kept = keptOfParts(this.view, this.mass);
    if (changed.has('pinned') && this.pinned) this.side = this.pinned.side;
  }

  override render(): TemplateResult {
    const { pair, followed, shown, themed } = this;
    return html`
      <headlight-segmented
        label="Direction"
        .segments=${sides}
        .value=${this.side}
        @choose=${({ detail }: CustomEvent<Followed['side']>) => { this.turn(detail); }}
      ></headlight-segmented>
      <div class="frame">
        <div class="scroll" @scroll=${this.scrolled}>
          <div class="sticky"><canvas role="img" aria-label=${this.label}></canvas></div>
          <div
            class="text"
            role="listbox"
            aria-label="Tokens of the text"
            aria-orientation="horizontal"
            @pointerover=${this.over}
            @pointerleave=${this.leave}
            @focusout=${this.leave}
            @click=${this.clicked}
            @keydown=${this.pressed}
          >
            ${this.options()}
          </div>
        </div>
        <div class="floating" role="status" data-readout>${pair ? pairReadout(this.view, pair.row, pair.column) : nothing}</div>
      </div>
      ${scaleLegend(themed.theme.ramp, shown.max)}
      <p class="muted small" data-shade>${shadeText(followed)}</p>
    `;
  }

  override updated(): void {
    this.measure();
    this.draw();
    this.place();
  }

  private options(): TemplateResult[] {
    const { followed, pinnedAt, pointed, shown, view, selected } = this;
    const inks = this.inksOf(this.themed.theme);
    const stop = pointed ?? (pinnedAt >= 0 ? pinnedAt : 0);
    let at = -1;
    return this.blocks.map(
      ({ name, items, rightToLeft }) => html`<div class="block" role="group" aria-label=${name} dir=${rightToLeft ? 'rtl' : 'ltr'}>
        ${this.blocks.length > 1 ? html`<span class="name" aria-hidden="true">${name}</span>` : nothing}
        ${items.map((own) => {
          at++;
          const ink = inks[own.item.special ? 'special' : 'text'][Math.round(level(shown.shades[at]!, shown.max) * 255)]!;
          const isCut = followed !== null && this.isCutFrom(followed, own);
          const names = [
            own.item.joined ? 'joined' : '',
            own.item.special ? 'special' : '',
            ink,
            followed && this.isMaskedFrom(followed, own, view) ? 'masked' : '',
            view.kind !== 'cross' && own.item.tokens.some((token) => this.struck.has(token)) ? 'struck' : '',
            isCut ? 'cut' : '',
            at === pointed ? 'pointed' : '',
            at === followed?.at ? 'followed' : '',
            isSelected(view, own.key === null ? 'query' : 'key', own.item, selected) ? 'selected' : '',
          ];
          return html`<span
            role="option"
            class="source-text ${names.join(' ')}"
            title=${isCut ? `${own.item.title} · edge cut` : own.item.title}
            aria-description=${isCut ? 'edge cut' : nothing}
            aria-selected=${at === pinnedAt}
            tabindex=${at === stop ? 0 : -1}
            data-at=${at}
            data-token-index=${own.item.tokens[0]!}
            >${own.item.label}</span
          >`;
        })}
      </div>`,
    );
  }

  private isMaskedFrom(from: Place, to: TextItem, view: HeadView): boolean {
    const { column, row } = this.pairFrom(from, to);
    return row !== null && column !== null && isMasked(view, row, column);
  }

  private isCutFrom(from: Place, to: TextItem): boolean {
    const { column, row } = this.pairFrom(from, to);
    return this.cuts.some((cut) => cut.row === row && cut.column === column);
  }

  /** Row and column of an item and the one that is followed. */
  private pairFrom({ side, at }: Place, { query, key }: TextItem): { readonly row: number | null; readonly column: number | null } {
    const from = this.items[at]!;
    return side === 'query' ? { row: from.query, column: key } : { row: query, column: from.key };
  }

  private get pinnedAt(): number {
    const { pinned } = this;
    return pinned ? this.items.findIndex((own) => own[pinned.side] !== null && own.item.tokens.includes(pinned.token)) : -1;
  }

  /** The pointed item is measured against the pinned one where there is a weight between them, else it is followed. */
  private get followed(): Place | null {
    const { pinned, pinnedAt, pointed } = this;
    if (pinned && pinnedAt >= 0 && (pointed === null || pointed === pinnedAt || this.pair)) return { side: pinned.side, at: pinnedAt };
    return pointed === null ? null : { side: this.sideOf(pointed), at: pointed };
  }

  private get pair(): { readonly row: number; readonly column: number } | null {
    const { pinned, pinnedAt, pointed } = this;
    // Of the kept token itself the number is written beneath it.
    if (!pinned || pinnedAt < 0 || pointed === null || pointed === pinnedAt) return null;
    const [query, key] = pinned.side === 'query' ? [pinnedAt, pointed] : [pointed, pinnedAt];
    const [row, column] = [this.items[query]!.query, this.items[key]!.key];
    return row === null || column === null ? null : { row, column };
  }

  /** The part in which an item is followed: the chosen one, if it has it. */
  private sideOf(at: number): Followed['side'] {
    const other = this.side === 'query' ? 'key' : 'query';
    return this.items[at]![this.side] === null ? other : this.side;
  }

  private get shown(): Shown {
    const { followed } = this;
    return this.shownOf(this.view, this.items, this.kept, followed?.side ?? null, followed?.at ?? -1);
  }

  private measure(): void {
    const { view, viewport, themed } = this;
    const now = [view, viewport.width, themed.theme];
    if (now.every((value, index) => value === this.measured[index])) return;
    this.measured = now;
    this.boxes = Array.from(this.renderRoot.querySelectorAll<HTMLElement>('[role="option"]'), (option) => ({
      left: option.offsetLeft,
      top: option.offsetTop,
      width: option.offsetWidth,
      height: option.offsetHeight,
    }));
  }

  private readonly draw = (): void => {
    const scroll = this.renderRoot.querySelector('.scroll')!;
    const { width, height } = this.viewport;
    const context = prepareCanvas(this.renderRoot.querySelector('canvas')!, width, height);
    if (!context || width === 0) return;
    const { scrollTop } = scroll;
    const { theme } = this.themed;
    const picture = { ...this.shown, boxes: this.boxes, colors: partColors(this.view, theme), parts: this.view.parts ?? null, theme };
    paintText(context, picture, scrollTop, scrollTop + height);
  };

  private place(): void {
    const box = this.pair && this.pointed !== null ? this.boxes[this.pointed] : undefined;
    if (!box) return;
    // What is kept must not be covered.
    const below = box.top > (this.boxes[this.pinnedAt]?.top ?? 0);
    const top = box.top - this.renderRoot.querySelector('.scroll')!.scrollTop;
    placeReadout(this.renderRoot.querySelector<HTMLElement>('.floating')!, { x: box.left + box.width / 2, top, bottom: top + box.height }, below);
  }

  private readonly scrolled = (): void => {
    this.draw();
    this.place();
  };

  private at(event: Event): number | null {
    const option = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[role="option"]') : null;
    return option ? Number(option.dataset['at']) : null;
  }

  private readonly over = (event: PointerEvent): void => {
    this.pointed = this.at(event) ?? this.pointed;
  };

  private readonly leave = (): void => {
    this.pointed = null;
  };

  private readonly clicked = (event: MouseEvent): void => {
    const at = this.at(event);
    if (at !== null) this.pin(at);
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    const at = this.at(event);
    if (at === null) return;
    const last = this.items.length - 1;
    const forward = this.blocks.find(({ items }) => items.includes(this.items[at]!))?.rightToLeft ? 'ArrowLeft' : 'ArrowRight';
    const to: Readonly<Record<string, number | undefined>> = {
      ArrowLeft: forward === 'ArrowLeft' ? Math.min(last, at + 1) : Math.max(0, at - 1),
      ArrowRight: forward === 'ArrowRight' ? Math.min(last, at + 1) : Math.max(0, at - 1),
      ArrowUp: boxBeside(this.boxes, at, -1),
      ArrowDown: boxBeside(this.boxes, at, 1),
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next !== undefined) {
      this.renderRoot.querySelector<HTMLElement>(`[data-at="${next}"]`)?.focus();
      this.pointed = next;
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.pin(at);
    } else if (event.key.toLowerCase() === 'x' && !event.ctrlKey && !event.metaKey && this.pair) {
      const { column, row } = this.pair;
      const detail: Pair = { queries: this.view.queries[row]!.tokens, keys: this.view.keys[column]!.tokens };
      this.dispatchEvent(new CustomEvent('cut', { detail }));
    } else if (event.key === 'Escape') {
      this.pointed = null;
      this.dispatchEvent(new CustomEvent('pin', { detail: null }));
    } else {
      return;
    }
    event.preventDefault();
  };

  private turn(side: Followed['side']): void {
    this.side = side;
    const { pinnedAt } = this;
    if (pinnedAt >= 0 && this.items[pinnedAt]![side] !== null) this.emit({ side, at: pinnedAt });
  }

  private pin(at: number): void {
    const same = at === this.pinnedAt;
    if (same) this.pointed = null;
    this.emit(same ? null : { side: this.sideOf(at), at });
  }

  private emit(place: Place | null): void {
    const detail: Followed | null = place && { side: place.side, token: this.items[place.at]!.item.tokens[0]! };
    this.dispatchEvent(new CustomEvent('pin', { detail }));
  }
}

function shownOf(view: HeadView, items: readonly TextItem[], kept: readonly Uint8Array[], followed: Place | null): Shown {
  const shades = new Float32Array(items.length);
  if (!followed) {
    const means = received(view);
    items.forEach(({ key }, at) => { shades[at] = key === null ? 0 : means[key]!; });
    return { shades, max: Math.max(0, ...means), edges: [], numbered: [] };
  }
  const { side, at } = followed;
  const itemAt = new Map(items.map((own, index) => [side === 'query' ? own.key : own.query, index]));
  const edges = shownEdges(view, kept, { side, at: items[at]![side]! }).map(({ query, key, weight, part = 0 }) => {
    const other = itemAt.get(side === 'query' ? key : query)!;
    shades[other] = Math.max(shades[other]!, weight);
    return side === 'query' ? { from: at, to: other, weight, part } : { from: other, to: at, weight, part };
  });
  const others = edges.filter(({ weight }) => weight >= 0.005).map(({ from, to }) => (side === 'query' ? to : from)).reverse();
  const numbered = [...new Set(others)];
  return { shades, max: view.max, edges, numbered };
}

function shadeText(followed: Place | null): string {
  if (!followed) return 'Shade: the attention that a token receives, as the mean over all that may look at it.';
  return followed.side === 'query'
    ? 'Shade and arrows: what the outlined token looks at; the arrows lead from it.'
    : 'Shade and arrows: who looks at the outlined token; the arrows lead to it.';
}
