import { html, type TemplateResult } from 'lit';
import { level, rampColor } from '../../../../src/picture/ramp';
import type { DivergingRamp } from '../../../draw/strip';
import { formatWeight } from '../../../format';

/** How far along the ramps the largest difference stands: at their ends, hues are all but gone. */
const strongest = 0.72;

/** Where a difference stands on its ramp, 0–1. */
export function differenceShade(difference: number, max: number): number {
  return strongest * level(Math.abs(difference), max);
}

/** The colour of a difference: from the background at zero on, by the square root, as weights are. */
export function differenceColor({ below, above }: DivergingRamp, difference: number, max: number): string {
  return rampColor(difference < 0 ? below : above, differenceShade(difference, max));
}

/** The colour scale from −max to max; needs `legendStyles`. */
export function differenceLegend(ramp: DivergingRamp, max: number, said = 'square-root scale; − is less in B'): TemplateResult {
  const stops = Array.from({ length: 33 }, (_, index) => `${differenceColor(ramp, (index / 16 - 1), 1)} ${(index / 32) * 100}%`);
  return html`<div class="legend">
    <span class="number">${formatWeight(-max)}</span>
    <span class="scale" role="presentation" .style=${`background: linear-gradient(to right, ${stops.join(', ')})`}></span>
    <span class="number">${formatWeight(max)}</span>
    <span>${said}</span>
  </div>`;
}
