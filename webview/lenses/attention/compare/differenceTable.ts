import { html, type TemplateResult } from 'lit';
import { topK } from '../../../../src/math/topK';
import { formatWeight } from '../../../format';
import type { Difference } from './difference';

const rows = 40;

/** The largest differences with both weights, as a table. */
export function differenceTable({ view, weightsA, weightsB }: Difference): TemplateResult {
  const { queries, keys, weights } = view;
  const largest = topK(weights.map(Math.abs), rows).filter((at) => weights[at] !== 0);
  return html`<table data-differences>
    <caption class="muted small">
      ${largest.length === 0 ? 'No weight differs.' : `The ${largest.length} largest of ${weights.length} differences`}
    </caption>
    <thead>
      <tr>
        <th scope="col">Query</th>
        <th scope="col">Key</th>
        <th scope="col" class="number">A</th>
        <th scope="col" class="number">B</th>
        <th scope="col" class="number">B − A</th>
      </tr>
    </thead>
    <tbody>
      ${largest.map((at) => html`<tr>
        <td class="source-text">${queries[Math.floor(at / keys.length)]!.label}</td>
        <td class="source-text">${keys[at % keys.length]!.label}</td>
        <td class="number">${formatWeight(weightsA[at]!)}</td>
        <td class="number">${formatWeight(weightsB[at]!)}</td>
        <td class="number">${formatWeight(weights[at]!)}</td>
      </tr>`)}
    </tbody>
  </table>`;
}
