import { html, nothing, type TemplateResult } from 'lit';
import type { Drift } from '../../../src/lenses/drift/contract';
import { formatCount, formatPercent } from '../../format';

/** How many labelled lines each of two classifiers has right; nothing where there are none. */
export function accuracyCard({ against, model, predictions }: Drift): TemplateResult | typeof nothing {
  const accuracy = predictions?.accuracy;
  if (!accuracy) return nothing;
  const row = (name: string, right: number, alone: number): TemplateResult => html`<tr>
    <th scope="row" class="source-text">${name}</th>
    <td class="number">${formatPercent(right / accuracy.lines)}</td>
    <td class="number">${right} of ${accuracy.lines}</td>
    <td class="number">${alone}</td>
  </tr>`;
  return html`<section class="card stack" aria-label="Accuracy">
    <h2>Accuracy</h2>
    <p class="muted small">Of ${formatCount(accuracy.lines, 'line')} with a label, those whose most probable class is the label.</p>
    <table data-accuracy>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" class="number">Accuracy</th>
          <th scope="col" class="number">Right</th>
          <th scope="col" class="number" title="Lines that this model has right and the other has wrong">Right alone</th>
        </tr>
      </thead>
      <tbody>
        ${row(model.name, accuracy.before, accuracy.onlyBefore)} ${row(against.name, accuracy.after, accuracy.onlyAfter)}
      </tbody>
    </table>
  </section>`;
}
