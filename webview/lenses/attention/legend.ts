import { css, html, type TemplateResult } from 'lit';
import { rampColor, type Ramp } from '../../../src/picture/ramp';
import { formatWeight } from '../../format';

/** Styles of `scaleLegend`. */
export const legendStyles = css`
  .legend {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 8px;
    color: var(--headlight-muted);
    font-size: var(--headlight-small);
  }
  /* Below the scale where there is no room for it beside. */
  .legend > span:last-child:not(.number) {
    flex: 1 1 18ch;
    min-width: 0;
  }
  .legend .scale {
    width: 72px;
    height: 8px;
    border: 1px solid var(--headlight-border);
    border-radius: 2px;
  }
`;

/**
 * The colour scale from 0 to the largest number, by the square root.
 * @param what what the numbers are
 */
export function scaleLegend(ramp: Ramp, max: number, what = 'weight', format = formatWeight): TemplateResult {
  const stops = Array.from({ length: 17 }, (_, index) => `${rampColor(ramp, Math.sqrt(index / 16))} ${(index / 16) * 100}%`);
  return html`<div class="legend">
    <span class="number">0</span>
    <span class="scale" role="presentation" .style=${`background: linear-gradient(to right, ${stops.join(', ')})`}></span>
    <span class="number">${format(max)}</span>
    <span>${what}, square-root scale</span>
  </div>`;
}
