import { css, html, nothing, type TemplateResult } from 'lit';
import { currentTheme } from '../../theme';
import { rankInRow } from './edges';
import { isMasked, type HeadView } from './headView';
import { partColors, placeName } from './severalHeads';

/** Styles of the readout that floats beside what is pointed at; it is placed by `placeReadout`. */
export const readoutStyles = css`
  .floating {
    position: absolute;
    z-index: 3;
    top: 0;
    left: 0;
    max-width: min(100%, 44ch);
    padding: 2px 8px;
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--headlight-border));
    border-radius: 3px;
    color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorHoverWidget-background, var(--vscode-editor-background));
    font-size: var(--headlight-small);
    overflow-wrap: anywhere;
    pointer-events: none;
  }
  .parts {
    margin: 2px 0 0;
    padding: 0;
    list-style: none;
    white-space: nowrap;
  }
  .parts .swatch {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-inline-end: 6px;
    border-radius: 2px;
  }
  .floating:empty {
    visibility: hidden;
  }
`;

/** One weight: from which query to which key, how much, and which of its row; of several heads, each one's weight. */
export function pairReadout(view: HeadView, row: number, column: number): TemplateResult {
  const { queries, keys, weights } = view;
  const name = (label: string): TemplateResult => html`<span class="source-text">${label}</span>`;
  const { label, note } = queries[row]!;
  const names = html`${name(label)} → ${name(keys[column]!.label)}`;
  if (isMasked(view, row, column)) return html`${names} <span class="muted">not yet written: masked</span>`;
  if (view.parts) return html`${names}${headWeights(view, row * keys.length + column)}`;
  const allowed = keys.filter((_, key) => !isMasked(view, row, key)).length;
  return html`${names} <strong class="number">${exactWeight(weights[row * keys.length + column]!)}</strong>
    <span class="muted number">rank ${rankInRow(view, row, column)} of ${allowed}</span>${note === undefined ? nothing : html` <span class="muted">· ${note}</span>`}`;
}

/** Most heads of which a readout tells the weight. */
const mostRead = 10;

function headWeights(view: HeadView, at: number): TemplateResult {
  const parts = view.parts ?? [];
  const colors = partColors(view, currentTheme());
  const ranked = parts.map((part, index) => ({ part, weight: part.weights[at]!, color: colors[index]! })).sort((a, b) => b.weight - a.weight);
  return html`<ul class="parts">
    ${ranked.slice(0, mostRead).map(
      ({ part, weight, color }) => html`<li><span class="swatch" .style=${`background: ${color}`}></span>${placeName(part)} <strong class="number">${exactWeight(weight)}</strong></li>`,
    )}
    ${ranked.length > mostRead ? html`<li class="muted">${ranked.length - mostRead} more heads, none above ${exactWeight(ranked[mostRead]!.weight)}</li>` : nothing}
  </ul>`;
}

/** Four decimals, which is more than the drawings write. */
function exactWeight(weight: number): string {
  return weight > 0 && weight < 0.00005 ? '<\u202f0.0001' : weight.toFixed(4);
}

/** Puts the readout above a place of its frame, or below it if asked or without room, and never past the frame's sides. */
export function placeReadout(readout: HTMLElement, at: { readonly x: number; readonly top: number; readonly bottom: number }, below = false): void {
  const { offsetWidth, offsetHeight } = readout;
  const most = (readout.offsetParent?.clientWidth ?? 0) - offsetWidth;
  const top = at.top - offsetHeight - 6;
  readout.style.left = `${Math.max(0, Math.min(most, at.x - offsetWidth / 2))}px`;
  readout.style.top = `${top >= 0 && !below ? top : at.bottom + 6}px`;
}
