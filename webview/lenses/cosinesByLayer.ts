import { html, type TemplateResult } from 'lit';
import { formatWeight } from '../format';
import './layerChart';
import { stateName } from './stateName';

/**
 * How alike two vectors of a word are by hidden state, as a curve or in numbers.
 * @param said the same in words, for who does not see the curve
 */
export function cosinesByLayer(cosines: Float32Array, said: string, table: boolean): TemplateResult {
  return table
    ? html`<table data-cosines>
        <thead>
          <tr><th scope="col">State</th><th scope="col" class="number">Cosine</th></tr>
        </thead>
        <tbody>
          ${Array.from(cosines, (cosine, at) => html`<tr><th scope="row">${stateName(at)}</th><td class="number">${formatWeight(cosine)}</td></tr>`)}
        </tbody>
      </table>`
    : html`<headlight-layer-chart
        .series=${[{ name: 'Cosine', values: cosines }]}
        .unit=${'cosine'}
        .label=${`Cosine by layer. ${said}`}
        .hint=${'Point at a layer for its cosine; “Show as table” lists them.'}
      ></headlight-layer-chart>`;
}
