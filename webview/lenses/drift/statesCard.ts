import { html, type TemplateResult } from 'lit';
import type { Drift } from '../../../src/lenses/drift/contract';
import { statesOf } from '../../../src/lenses/drift/tables';
import '../layerChart';
import { stateName } from '../stateName';
import { driftText } from './driftText';

/** How far hidden states moved, as curves or in numbers. */
export function statesCard(drift: Drift, table: boolean): TemplateResult {
  const { cosineDistance, relativeNorm } = drift.states;
  const states = statesOf(drift);
  const last = states.at(-1)!;
  const said = `After the last layer: 1 − cosine ${driftText(last.cosineDistance)}, relative norm ${driftText(last.relativeNorm)}.`;
  return html`<section class="card stack" aria-label="Layers">
    <h2>Layers</h2>
    <p class="muted small">
      How far a token’s vector turned (1 − cosine), and how long the difference is as a share of its length (relative norm): means
      over all tokens. <span data-last>${said}</span>
    </p>
    ${table
      ? html`<table data-states>
          <thead>
            <tr><th scope="col">State</th><th scope="col" class="number">1 − cosine</th><th scope="col" class="number">Relative norm</th></tr>
          </thead>
          <tbody>
            ${states.map((one) => html`<tr>
              <th scope="row">${stateName(one.state)}</th>
              <td class="number">${driftText(one.cosineDistance)}</td>
              <td class="number">${driftText(one.relativeNorm)}</td>
            </tr>`)}
          </tbody>
        </table>`
      : html`<headlight-layer-chart
          .series=${[{ name: '1 − cosine', values: cosineDistance }, { name: 'relative norm', values: relativeNorm }]}
          .unit=${'drift'}
          .label=${`Drift by layer. ${said} “Show as table” gives all numbers.`}
          .hint=${'Solid: 1 − cosine; dashed: relative norm. Point at a layer for its numbers.'}
          .fitted=${true}
        ></headlight-layer-chart>`}
  </section>`;
}
