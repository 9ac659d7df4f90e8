import { css, html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { BeamNode, BeamTree } from '../../../src/lenses/translation/contract';
import { sharedStyles, tableButton } from '../../controls';
import { formatPercent } from '../../format';
import { pathTo, placedNodes, type PlacedNode } from './beamTree';
import { entryText } from './shownTranslation';

const [columnWidth, rowHeight, nodeWidth, nodeHeight] = [108, 28, 84, 22];
const fates: Readonly<Record<BeamNode['fate'], string>> = { followed: 'followed', finished: 'ended here', pruned: 'given up' };

/**
 * Every hypothesis that beam search weighed: a column for each step, the better the higher, given up ones greyed. Emits
 * `force` with the ids from the first token of the tree to the one that was pressed.
 */
@customElement('headlight-beam-tree')
export class BeamTreeView extends LitElement {
  static override styles = [
    sharedStyles,
    css`
      .scroll {
        position: relative;
        overflow: auto;
        max-height: 60vh;
      }
      .drawing {
        position: relative;
      }
      path {
        fill: none;
        stroke: var(--headlight-muted);
        stroke-width: 1;
      }
      path.best {
        stroke: var(--vscode-charts-blue, var(--vscode-focusBorder));
        stroke-width: 2.5;
      }
      path.pruned {
        opacity: 0.4;
      }
      button.node {
        position: absolute;
        width: ${nodeWidth}px;
        height: ${nodeHeight}px;
        padding: 0 4px;
        border: 1px solid var(--headlight-muted);
        border-radius: 4px;
        overflow: hidden;
        color: inherit;
        background: var(--vscode-editor-background);
        font-family: var(--vscode-editor-font-family, monospace);
        font-size: var(--headlight-small);
        line-height: 18px;
        text-align: center;
        text-overflow: ellipsis;
        white-space: pre;
        unicode-bidi: isolate;
        cursor: pointer;
      }
      button.node.pruned {
        border-style: dotted;
        border-color: var(--headlight-border);
        color: var(--vscode-disabledForeground, var(--headlight-muted));
      }
      button.node.finished {
        border-radius: 11px;
      }
      button.node.best {
        border: 2px solid var(--vscode-charts-blue, var(--vscode-focusBorder));
      }
      button.node:hover {
        border-color: var(--vscode-focusBorder);
      }
    `,
  ];

  @property({ attribute: false }) tree!: BeamTree;
  @state() private table = false;
  /** The one button that Tab reaches. */
  @state() private reached = 0;

  override render(): TemplateResult {
    const { tree } = this;
    return html`<div class="stack">
      <div class="bar spread">
        <p class="muted small">
          ${tree.nodes.length} continuations weighed with ${tree.beams} beams: rows by score, the best at the top; dotted ones were given up, round ones ended.
          Press one to begin with it.
        </p>
        ${tableButton(this.table, () => { this.table = !this.table; })}
      </div>
      ${this.table ? nothing : this.drawing()} ${this.finished()}
    </div>`;
  }

  private drawing(): TemplateResult {
    const placed = placedNodes(this.tree);
    const width = (Math.max(...placed.map(({ column }) => column)) + 1) * columnWidth;
    const height = (Math.max(...placed.map(({ row }) => row)) + 1) * rowHeight + 4;
    const reached = Math.min(this.reached, placed.length - 1);
    return html`<div class="scroll" role="group" aria-label="Hypotheses of beam search: arrow keys walk, Enter begins with one">
      <div class="drawing" .style=${`width: ${width}px; height: ${height}px`} @keydown=${(event: KeyboardEvent) => { this.walk(event, placed); }}>
        <svg width=${width} height=${height} aria-hidden="true">${placed.map((place) => this.edge(place, placed))}</svg>
        ${placed.map((place) => this.node(place, place.node === reached))}
      </div>
    </div>`;
  }

  private edge({ node, column, row, best }: PlacedNode, placed: readonly PlacedNode[]): TemplateResult | typeof nothing {
    const { fate, parent } = this.tree.nodes[node]!;
    const from = placed[parent];
    if (!from) return nothing;
    const [x0, y0, x1, y1] = [from.column * columnWidth + nodeWidth, middle(from.row), column * columnWidth, middle(row)];
    const turn = (x0 + x1) / 2;
    return svg`<path class="${fate}${best ? ' best' : ''}" d="M${x0} ${y0}C${turn} ${y0} ${turn} ${y1} ${x1} ${y1}"></path>`;
  }

  private node({ node, column, row, best }: PlacedNode, reached: boolean): TemplateResult {
    const entry = this.tree.nodes[node]!;
    const { fate, logProbability, score } = entry;
    const text = entryText(entry);
    const numbers = `${formatPercent(Math.exp(logProbability))} here, log-probability ${score.toFixed(2)} so far, ${fates[fate]}`;
    return html`<button
      type="button"
      class="node ${fate} ${best ? 'best' : ''}"
      data-node=${node}
      tabindex=${reached ? 0 : -1}
      title=${numbers}
      aria-label="${text}: ${numbers}"
      .style=${`left: ${column * columnWidth}px; top: ${row * rowHeight + 2}px`}
      @focus=${() => { this.reached = node; }}
      @click=${() => { this.force(node); }}
    >${text}</button>`;
  }

  private finished(): TemplateResult {
    const { finished, lengthPenalty } = this.tree;
    return html`<table>
      <caption class="muted small">Hypotheses that ended. Score: sum of log-probabilities over length${lengthPenalty === 1 ? '' : ` to the power of ${lengthPenalty}`}</caption>
      <thead><tr><th scope="col">Translation</th><th scope="col" class="number">Score</th><th scope="col" class="number">Sum</th></tr></thead>
      <tbody>
        ${finished.map(({ output, score, logProbability, length }) => html`<tr><td class="source-text">${output}</td><td class="number">${score.toFixed(3)}</td><td class="number" title="${length} tokens">${logProbability.toFixed(2)}</td></tr>`)}
      </tbody>
    </table>`;
  }

  private force(node: number): void {
    const { nodes } = this.tree;
    this.dispatchEvent(new CustomEvent('force', { detail: pathTo(nodes, node).map((at) => nodes[at]!.id) }));
  }

  /** Up and down within a step, right to the first continuation, left to what came before. */
  private walk(event: KeyboardEvent, placed: readonly PlacedNode[]): void {
    const at = placed[this.reached];
    if (!at) return;
    const { nodes } = this.tree;
    const beside = (row: number): PlacedNode | undefined => placed.find((other) => other.column === at.column && other.row === row);
    const to =
      event.key === 'ArrowUp' ? beside(at.row - 1)
      : event.key === 'ArrowDown' ? beside(at.row + 1)
      : event.key === 'ArrowLeft' ? placed[nodes[at.node]!.parent]
      : event.key === 'ArrowRight' ? placed.find(({ node }) => nodes[node]!.parent === at.node)
      : undefined;
    if (!to) return;
    event.preventDefault();
    this.reached = to.node;
    this.renderRoot.querySelector<HTMLElement>(`[data-node="${to.node}"]`)?.focus();
  }
}

function middle(row: number): number {
  return row * rowHeight + 2 + nodeHeight / 2;
}
