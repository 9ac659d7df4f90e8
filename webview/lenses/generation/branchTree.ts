import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { excerpt, visibleLine, visibleText } from '../../../src/text/visibleText';
import { sharedStyles } from '../../controls';
import { formatCount } from '../../format';
import { type Branch, ownText, type PlacedBranch, treeOf } from './branches';

const longestText = 160;

/** Why a branch ends, in a word. */
const ends: Readonly<Record<Branch['stopped'], string>> = { 'stop-token': 'ended', limit: 'cut', window: 'window full', reader: 'stopped' };

/**
 * All continuations as a tree: each below the one that it leaves. Emits `open` with an index as `detail`, and `remove`.
 */
@customElement('headlight-branch-tree')
export class BranchTree extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .row {
        display: flex;
        align-items: baseline;
        gap: 8px;
        padding: 3px 6px;
        border: 1px solid transparent;
        border-radius: 4px;
        cursor: pointer;
      }
      .row:hover {
        background: var(--vscode-list-hoverBackground, transparent);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .row[aria-selected='true'] {
        border-color: var(--vscode-focusBorder);
      }
      .text {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: pre;
      }
    `,
  ];

  @property({ attribute: false }) branches: readonly Branch[] = [];
  @property({ type: Number }) opened = 0;

  override render(): TemplateResult {
    return html`<div role="tree" aria-label="Branches" @keydown=${this.pressed}>
      ${treeOf(this.branches).map((placed) => this.row(placed))}
    </div>`;
  }

  private row({ from, index, level }: PlacedBranch): TemplateResult {
    const branch = this.branches[index]!;
    const left = branch.steps[from];
    const text = `${from > 0 ? '…' : ''}${excerpt(visibleLine(ownText(branch, from)), longestText) || (left ? visibleText(left.token) : '(nothing further)')}`;
    const note = `${formatCount(branch.steps.length, 'token')}, ${ends[branch.stopped]}`;
    return html`<div
      class="row"
      role="treeitem"
      aria-level=${level + 1}
      aria-selected=${index === this.opened}
      aria-label="${from > 0 ? `From token ${from + 1}: ` : ''}${text}. ${note}"
      tabindex=${index === this.opened ? 0 : -1}
      data-branch=${index}
      .style=${`padding-left: ${6 + level * 14}px`}
      @click=${() => { this.emit('open', index); }}
    >
      <span class="text source-text">${level > 0 ? '└ ' : ''}${text}</span>
      <span class="muted small number">${note}</span>
    </div>`;
  }

  private emit(name: 'open' | 'remove', index: number): void {
    this.dispatchEvent(new CustomEvent<number>(name, { detail: index }));
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const items = Array.from(this.renderRoot.querySelectorAll<HTMLElement>('[role="treeitem"]'));
    const at = items.findIndex((item) => item.matches(':focus'));
    if (at < 0) return;
    const index = Number(items[at]!.dataset['branch']);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Enter' || event.key === ' ') this.emit('open', index);
    else if (event.key === 'Delete') this.emit('remove', index);
    else if (to !== undefined) items[Math.min(items.length - 1, Math.max(0, to))]!.focus();
    else return;
    event.preventDefault();
  };
}
