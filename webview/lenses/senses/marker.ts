import { svg, html, type TemplateResult } from 'lit';
import { markerOf } from '../../draw/markers';

/** The marker of a sense group, as in the map. */
export function senseMarker(sense: number): TemplateResult {
  const { shape, color } = markerOf(sense);
  return html`<svg class="marker" viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true">
    ${svg`<path d=${shape.path} fill=${color} stroke=${color} stroke-width="2" stroke-linejoin="round"></path>`}
  </svg>`;
}
