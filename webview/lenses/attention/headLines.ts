import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Token } from '../../../src/text/token';
import { sharedStyles } from '../../controls';
import { prepareCanvas } from '../../draw/canvas';
import { isVisible, lineMark, rowHeight, type Edge } from '../../draw/lines';
import { formatWeight } from '../../format';
import { Measured } from '../../measured';
import { ThemeController } from '../../theme';
import { tokenText, tokenTitle } from '../tokenText';
import { drawnEdges } from './edges';
import type { HeadView } from './headView';
import type { Followed } from './viewState';

/**
 * One head as lines from query tokens (left) to key tokens (right). A token under the pointer or the keyboard is
 * followed alone, with its numbers. Emits `pin` with a `Followed` or null as `detail`.
 */
@customElement('headlight-head-lines')
export class HeadLines extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      :host {
        container-type: inline-size;
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
      [role='option'].faded {
        opacity: 0.75;
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
        flex: none;
        width: 6ch;
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
  @property({ attribute: false }) tokens: readonly Token[] = [];
  @property({ attribute: false }) pinned: Followed | null = null;
  /** Token indexes that the editor's selection touches. */
  @property({ attribute: false }) selected: readonly number[] = [];
  /** Share of each row's weight that is drawn, largest first. */
  @property({ type: Number }) mass = 1;
  @property() label = '';
  @state() private previewed: Followed | null = null;
  private readonly themed = new ThemeController(this);
  private readonly area = new Measured(this, () => this.renderRoot.querySelector('.sticky'));
  private readonly viewport = new Measured(this, () => this.renderRoot.querySelector('.scroll'));
  private edges: readonly Edge[] = [];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('view') || changed.has('mass')) this.edges = drawnEdges(this.view, this.mass);
  }

  override render(): TemplateResult {
    return html`
      <div class="heads"><span>Query: who looks</span><span>Key: who is looked at</span></div>
      <div class="scroll" @scroll=${this.draw}>
        <div class="columns" @keydown=${this.pressed} @pointerleave=${this.leave} @focusout=${this.leave}>
          ${this.column('query')}
          <div class="sticky"><canvas role="img" aria-label=${this.label}></canvas></div>
          ${this.column('key')}
        </div>
      </div>
    `;
  }

  override updated(): void {
    this.draw();
  }

  private column(side: Followed['side']): TemplateResult {
    const indexes = side === 'query' ? this.view.queries : this.view.keys;
    const followed = this.followed;
    const values = followed && followed.side !== side ? this.valuesBeside(followed) : null;
    const stop = followed?.side === side && indexes.includes(followed.token) ? followed.token : indexes[0];
    return html`<div role="listbox" aria-label=${side === 'query' ? 'Query tokens' : 'Key tokens'}>
      ${indexes.map((index, row) => {
        const token = this.tokens[index]!;
        const isFollowed = followed?.side === side && followed.token === index;
        const value = values?.[row];
        const names = [
          token.special ? 'special' : '',
          isFollowed ? 'followed' : '',
          this.selected.includes(index) ? 'selected' : '',
          value !== undefined && value < 0.01 ? 'faded' : '',
        ];
        const number = html`<span class="value number">${value === undefined ? '' : formatWeight(value)}</span>`;
        return html`<div
          role="option"
          class=${names.join(' ')}
          title=${tokenTitle(token)}
          aria-selected=${this.pinned?.side === side && this.pinned.token === index}
          tabindex=${index === stop ? 0 : -1}
          data-token-index=${index}
          data-side=${side}
          @pointerenter=${() => { this.previewed = { side, token: index }; }}
          @click=${() => { this.pin({ side, token: index }); }}
        >
          ${side === 'query' ? number : ''}<span class="source-text">${tokenText(token)}</span>${side === 'key' ? number : ''}
        </div>`;
      })}
    </div>`;
  }

  private get followed(): Followed | null {
    const followed = this.previewed ?? this.pinned;
    const { queries, keys } = this.view;
    return followed && (followed.side === 'query' ? queries : keys).includes(followed.token) ? followed : null;
  }

  private valuesBeside({ side, token }: Followed): number[] {
    const { queries, keys, weights } = this.view;
    const at = (side === 'query' ? queries : keys).indexOf(token);
    return side === 'query'
      ? keys.map((_, key) => weights[at * keys.length + key]!)
      : queries.map((_, query) => weights[query * keys.length + at]!);
  }

  private edgesOf({ side, token }: Followed): Edge[] {
    const at = (side === 'query' ? this.view.queries : this.view.keys).indexOf(token);
    return this.valuesBeside({ side, token }).map((weight, other) =>
      side === 'query' ? { query: at, key: other, weight } : { query: other, key: at, weight },
    );
  }

  private readonly draw = (): void => {
    const scroll = this.renderRoot.querySelector('.scroll')!;
    const rows = Math.max(this.view.queries.length, this.view.keys.length);
    const height = Math.min(rows * rowHeight, this.viewport.height);
    const { width } = this.area;
    const context = prepareCanvas(this.renderRoot.querySelector('canvas')!, width, height);
    if (!context || width === 0) return;
    const { followed } = this;
    context.strokeStyle = this.themed.theme.data;
    for (const edge of followed ? this.edgesOf(followed) : this.edges) {
      const mark = lineMark(edge, scroll.scrollTop);
      if (!isVisible(mark, height)) continue;
      context.globalAlpha = mark.opacity;
      context.lineWidth = mark.width;
      context.beginPath();
      context.moveTo(0, mark.y0);
      context.bezierCurveTo(width * 0.4, mark.y0, width * 0.6, mark.y1, width, mark.y1);
      context.stroke();
    }
    context.globalAlpha = 1;
  };

  private readonly leave = (): void => {
    this.previewed = null;
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    const option = event.target as HTMLElement;
    const side = option.dataset['side'] as Followed['side'];
    const token = Number(option.dataset['tokenIndex']);
    const [own, other] = side === 'query' ? [this.view.queries, this.view.keys] : [this.view.keys, this.view.queries];
    const at = own.indexOf(token);
    const to: Readonly<Record<string, Followed | undefined>> = {
      ArrowUp: { side, token: own[Math.max(0, at - 1)]! },
      ArrowDown: { side, token: own[Math.min(own.length - 1, at + 1)]! },
      Home: { side, token: own[0]! },
      End: { side, token: own.at(-1)! },
      ArrowLeft: side === 'key' ? { side: 'query', token: other[Math.min(at, other.length - 1)]! } : undefined,
      ArrowRight: side === 'query' ? { side: 'key', token: other[Math.min(at, other.length - 1)]! } : undefined,
    };
    const next = to[event.key];
    if (next) {
      this.renderRoot.querySelector<HTMLElement>(`[data-side="${next.side}"][data-token-index="${next.token}"]`)?.focus();
      this.previewed = next;
    } else if (event.key === 'Enter' || event.key === ' ') {
      this.pin({ side, token });
    } else if (event.key === 'Escape') {
      this.previewed = null;
      this.dispatchEvent(new CustomEvent('pin', { detail: null }));
    } else {
      return;
    }
    event.preventDefault();
  };

  private pin(followed: Followed): void {
    const same = this.pinned?.side === followed.side && this.pinned.token === followed.token;
    if (same) this.previewed = null;
    this.dispatchEvent(new CustomEvent('pin', { detail: same ? null : followed }));
  }
}
