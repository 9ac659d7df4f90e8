import { css, html, nothing, type TemplateResult } from 'lit';
import { mostHues } from '../../../src/picture/hues';
import { button } from '../../controls';
import type { Theme } from '../../theme';
import type { Drawing } from './drawings';
import { colorsOf, mostHeads, placeName, shortPlace, type HeadPlace } from './severalHeads';

/** Styles of `togetherBar`. */
export const togetherStyles = css`
  .together {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px;
  }
  .together .head {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 1px 6px;
    border: 1px solid var(--vscode-contrastBorder, var(--headlight-border));
    border-radius: 3px;
    color: var(--vscode-foreground);
    background: none;
    font: inherit;
    font-variant-numeric: tabular-nums;
    cursor: pointer;
  }
  .together .head:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .together .head:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }
  .together .swatch {
    width: 10px;
    height: 10px;
    border-radius: 2px;
  }
`;

/** The heads that are drawn together, each with its colour and a way to take it out. */
export function togetherBar(
  places: readonly HeadPlace[],
  theme: Theme,
  { onRemove, onEnd }: { readonly onRemove: (place: HeadPlace) => void; readonly onEnd: () => void },
): TemplateResult {
  const colors = colorsOf(places.length, theme);
  return html`<div class="together" role="group" aria-label="Heads that are drawn together">
    ${places.map(
      (place, at) => html`<button
        class="head"
        type="button"
        title="Take out ${placeName(place)}"
        aria-label="Take out ${placeName(place)}"
        ?disabled=${places.length === 1}
        @click=${() => { onRemove(place); }}
      >
        <span class="swatch" .style=${`background: ${colors[at]!}`}></span>${shortPlace(place)}${places.length > 1 ? html`<span aria-hidden="true">×</span>` : nothing}
      </button>`,
    )}
    ${button({ label: 'One head alone', onClick: onEnd })}
    ${places.length === 1 ? html`<span class="muted small">Choose more heads in the grid.</span>` : nothing}
  </div>`;
}

/** How several heads in one drawing are read. */
export function togetherText(drawing: Drawing, heads: number): string {
  const hue = heads > mostHues ? `More than ${mostHues} heads share one colour; their labels (layer.head) and the exact weights tell them apart.` : 'Each head has its hue, and its label (layer.head) on its strongest edge.';
  const cell = heads > mostHues ? 'A cell shows the largest weight among the heads.' : 'A cell has the hue of the head with the largest weight, stronger for larger weights.';
  const numbers = drawing === 'lines' ? ' Numbers beside tokens are the largest among the heads.' : drawing === 'text' ? ' Shades are the largest among the heads.' : '';
  const most = heads === mostHeads ? ` No more than ${mostHeads} heads are drawn together: the next one replaces the first.` : '';
  return `${drawing === 'matrix' ? cell : hue}${numbers}${most}`;
}
