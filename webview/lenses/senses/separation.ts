import { html, type TemplateResult } from 'lit';
import type { SenseLayer } from '../../../src/lenses/senses/layersContract';
import { formatWeight } from '../../format';
import '../layerChart';
import { stateName } from '../stateName';

const number = (value: number | null): string => (value === null ? '–' : formatWeight(value));

/** What one state says of the senses, in a sentence. */
export function separationText(states: readonly SenseLayer[], state: number): string {
  const { silhouette } = states[state]!;
  if (state === 0) return 'The embedding layer knows the word and its position only: drawn to the same scale, its points all but coincide.';
  if (silhouette === null) return 'There are not two senses with several occurrences to tell apart.';
  const best = states.reduce((found, { silhouette: width }, at) => ((width ?? -1) > (states[found]!.silhouette ?? -1) ? at : found), 0);
  const most = best === state ? ', farther than after any other' : `; farthest apart they are after ${stateName(best).toLowerCase()}`;
  return `After ${stateName(state).toLowerCase()} the senses lie apart by a silhouette of ${formatWeight(silhouette)}${most}.`;
}

/** How far the senses lie apart, layer by layer. */
export function separationChart(states: readonly SenseLayer[], shown: number, choose: (state: number) => void): TemplateResult {
  return html`<headlight-layer-chart
    .series=${[
      { name: 'silhouette', values: states.map(({ silhouette }) => silhouette) },
      { name: 'same sense', values: states.map(({ within }) => within) },
      { name: 'different', values: states.map(({ between }) => between) },
    ]}
    .unit=${'silhouette, cosine'}
    .label=${`Silhouette, and mean cosine within and between senses, by layer. ${separationText(states, shown)} “Show as table” gives the numbers.`}
    .shown=${shown}
    @choose=${({ detail }: CustomEvent<number>) => { choose(detail); }}
  ></headlight-layer-chart>`;
}

/** The same in numbers. */
export function separationTable(states: readonly SenseLayer[], shown: number): TemplateResult {
  return html`<table data-separation>
    <thead>
      <tr>
        <th scope="col">State</th>
        <th scope="col" class="number">Silhouette</th>
        <th scope="col" class="number">Same sense</th>
        <th scope="col" class="number">Different</th>
      </tr>
    </thead>
    <tbody>
      ${states.map(
        ({ silhouette, within, between }, state) => html`<tr aria-current=${state === shown}>
          <th scope="row">${stateName(state)}</th>
          <td class="number">${number(silhouette)}</td>
          <td class="number">${number(within)}</td>
          <td class="number">${number(between)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** What the numbers are. */
export const separationNote =
  'Silhouette: how much nearer an occurrence lies to its own sense than to the next, from −1 over 0 (mixed) to 1 (far apart; Rousseeuw 1987). Cosines are means over pairs of occurrences of the same and of different senses. The senses are those of the groups, which more than these vectors decides.';
